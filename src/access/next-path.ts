/** Where a login leads when it was not asked for by another page. */
export const FIRST_PAGE = '/dash_main_dashboard';

const MAX_LENGTH = 2000;
/** Stands for our own origin, whatever it is. No such host can exist (RFC 6761). */
const OWN_ORIGIN = 'http://own.invalid';

/**
 * The path on our own site that `next` means, encoded for a Location header; null for anything that could lead to
 * another site, such as `//evil.example` or `/\evil.example`, and for the login pages themselves.
 */
export function safeNextPath(next: unknown): string | null {
  if (typeof next !== 'string' || next.length > MAX_LENGTH || !next.startsWith('/')) return null;
  // Browsers read a backslash as a slash, and drop tabs and line ends.
  if (/[\\\p{Cc}]/u.test(next)) return null;
  let url: URL;
  try {
    url = new URL(next, OWN_ORIGIN);
  } catch {
    return null;
  }
  if (url.origin !== OWN_ORIGIN) return null;
  // `/.//evil` becomes `//evil`.
  if (url.pathname.startsWith('//')) return null;
  if (/^\/(login|logout)(\/|$)/.test(url.pathname)) return null;
  return url.pathname + url.search + url.hash;
}

/** The login page that leads on to `next`. */
export function loginPath(next: unknown): string {
  const path = safeNextPath(next);
  return path === null || path === FIRST_PAGE ? '/login' : `/login?next=${encodeURIComponent(path)}`;
}
