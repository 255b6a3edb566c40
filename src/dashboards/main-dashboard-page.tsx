import type { VNode } from 'preact';
import type { Principal } from '../access/principal.js';
import { Layout } from '../pages/layout.js';
import { type LiveProps, MainDashboardLive } from './main-dashboard-live.js';

/** `/dash_main_dashboard`: how the plant's models are doing, at a glance. */
export function MainDashboardPage({ principal, ...live }: LiveProps & { principal: Principal | null }): VNode {
  return (
    <Layout title="Dashboard" principal={principal} active="dashboard">
      <div class="page-head">
        <h1>Dashboard</h1>
        <div class="page-tools">
          <span class="live-sign js-only" data-live-sign>
            Live
          </span>
          <button class="button js-only" type="button" data-live-toggle>
            Pause
          </button>
        </div>
      </div>
      <p class="notice error" role="alert" data-live-problem hidden>
        The server does not answer. These figures are old; trying again.
      </p>
      {/* gits.js holds this back while the tab is hidden or the page is paused. An error leaves what is there. */}
      <div
        class="live"
        hx-get="/dash_main_dashboard/live"
        hx-trigger="every 2s, gits:refresh"
        hx-swap="innerMorph"
        hx-sync="this:drop"
        hx-config="timeout:8s"
        {...{ 'hx-status:4xx': 'swap:none', 'hx-status:5xx': 'swap:none' }}
        data-live
      >
        <MainDashboardLive {...live} />
      </div>
    </Layout>
  );
}
