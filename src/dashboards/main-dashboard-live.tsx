import type { VNode } from 'preact';
import { Notice } from '../pages/components/notice.js';
import { clockText } from '../pages/components/time-text.js';
import type { TimeZone } from '../pages/components/time-zone.js';
import type { DashboardFigures } from './dashboard-figures.js';
import { FirstMessage } from './panels/first-message.js';
import { JobsPerMinute } from './panels/jobs-per-minute.js';
import { KeyFigures } from './panels/key-figures.js';
import { LatestFailures, LatestJobs } from './panels/latest-jobs.js';
import { Predictions } from './panels/predictions.js';
import { Processes } from './panels/processes.js';
import { RowCounts } from './panels/row-counts.js';
import { Services } from './panels/services.js';

export interface LiveProps {
  figures: DashboardFigures;
  zone: TimeZone;
  /** Where this server is reached, such as `http://127.0.0.1:8000`. */
  origin: string;
}

/** The part of the main dashboard that is replaced every two seconds. */
export function MainDashboardLive({ figures, zone, origin }: LiveProps): VNode {
  const { counts, missing, predictions } = figures;
  const hasJobs = counts === null || Object.values(counts).some((count) => count > 0);
  return (
    <>
      {missing.length > 0 && (
        <Notice kind="error">
          <strong>
            {isAway(figures) ? 'The database does not answer.' : `Not available right now: ${missing.join(', ')}.`}
          </strong>{' '}
          The page tries again by itself.
        </Notice>
      )}
      <KeyFigures figures={figures} />
      {!hasJobs && <FirstMessage figures={figures} origin={origin} />}
      <div class="charts">
        <JobsPerMinute figures={figures} zone={zone} />
        {predictions?.map((each) => (
          <Predictions key={each.dataset} predictions={each} zone={zone} />
        ))}
      </div>
      <div class="columns">
        <div class="stack">
          <LatestJobs figures={figures} zone={zone} />
          <Processes figures={figures} zone={zone} />
        </div>
        <div class="stack">
          <Services figures={figures} />
          <RowCounts figures={figures} />
          <LatestFailures figures={figures} zone={zone} />
        </div>
      </div>
      <p class="as-of muted">
        As of {clockText(figures.at, zone, 'second')}. Times in {zone.name}.
      </p>
    </>
  );
}

/** Nothing that lies in the database could be read. */
function isAway({ counts, services, rows, processes }: DashboardFigures): boolean {
  return counts === null && services === null && rows === null && processes === null;
}
