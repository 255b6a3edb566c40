/** Where a request was started from: our own pages, another site's, or a program that does not say. */
export type RequestSource = 'own' | 'foreign' | 'unsaid';

/** The headers that tell. A browser sets them itself; scripts on a page cannot. */
export interface SourceHeaders {
  origin?: string | undefined;
  host?: string | undefined;
  'sec-fetch-site'?: string | undefined;
}

/**
 * Tells requests of our own pages from forged ones (CSRF). `Sec-Fetch-Site` decides where it is sent: to https and
 * loopback addresses. Elsewhere the host of `Origin` must be the one that was called, or that of the public URL.
 * Some browsers send `Origin: null` for a page with `Referrer-Policy: no-referrer`: our pages must not have that.
 */
export function requestSource(headers: SourceHeaders, publicUrl: string): RequestSource {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' ? 'own' : 'foreign';
  if (headers.origin === undefined) return 'unsaid';
  const origin = parse(headers.origin);
  if (origin === null) return 'foreign';
  const ours = publicUrl === '' ? null : parse(publicUrl);
  if (ours !== null && origin.origin === ours.origin) return 'own';
  // A page that was sent without encryption can be anybody's.
  if (ours?.protocol === 'https:' && origin.protocol !== 'https:') return 'foreign';
  const called = parse(`${origin.protocol}//${headers.host ?? ''}`);
  return called !== null && called.host === origin.host ? 'own' : 'foreign';
}

function parse(url: string): URL | null {
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed : null;
  } catch {
    return null;
  }
}
