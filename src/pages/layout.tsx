import type { ComponentChildren, VNode } from 'preact';
import type { Principal } from '../access/principal.js';
import { assetUrl } from './page-assets.js';

/** The pages of the navigation, in its order. */
const NAVIGATION = [
  { page: 'dashboard', title: 'Dashboard', href: '/dash_main_dashboard' },
  { page: 'docs', title: 'API', href: '/docs' },
] as const;

export type PageName = (typeof NAVIGATION)[number]['page'];

export interface LayoutProps {
  /** Title of the page in the browser's tab; the product's name is added. */
  title: string;
  /** Who is logged in; null shows neither navigation nor log-out, as on the login page. */
  principal: Principal | null;
  /** The page of the navigation that is shown. */
  active?: PageName;
  children: ComponentChildren;
}

/** The frame of every page: head, header with navigation, main part, footer. No inline script or style: the CSP forbids them. */
export function Layout({ title, principal, active, children }: LayoutProps): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · GITS`}</title>
        <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={assetUrl('gits.css')} />
        {/* Before the first paint, so that a stored theme does not flash. */}
        <script src={assetUrl('gits.js')} />
        <script src={assetUrl('htmx.min.js')} defer />
      </head>
      <body>
        <a class="skip-link" href="#main">
          Skip to content
        </a>
        <header class="site-header">
          <a class="brand" href="/">
            <BrandMark />
            <span>GITS</span>
          </a>
          {principal !== null && (
            <nav class="site-nav" aria-label="Main">
              {NAVIGATION.map(({ page, title: name, href }) => (
                <a key={page} href={href} aria-current={page === active ? 'page' : undefined}>
                  {name}
                </a>
              ))}
            </nav>
          )}
          <div class="site-tools">
            <button class="button quiet js-only" type="button" data-theme-toggle>
              Theme
            </button>
            {principal !== null && <UserMenu principal={principal} />}
          </div>
        </header>
        <main id="main" tabindex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}

function UserMenu({ principal }: { principal: Principal }): VNode {
  return (
    <form class="user-menu" method="post" action="/logout">
      <span class="user-name" title={`Role: ${principal.role}`}>
        {principal.name}
      </span>
      <button class="button quiet" type="submit">
        Log out
      </button>
    </form>
  );
}

/** Three bars and a level line: a signal that is watched. */
function BrandMark(): VNode {
  return (
    <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect x="1" y="1" width="22" height="22" rx="6" class="brand-mark-plate" />
      <path d="M6 15.5 9.5 9l4 7.5L16.5 7 18 10.5" class="brand-mark-line" />
    </svg>
  );
}
