import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

const gzipAsync = promisify(gzip);
/** Level 1 of 9: pages shrink to a seventh in a millisecond; higher levels take off little more. */
const PAGE_LEVEL = 1;

/**
 * Whether a client reads gzip, by its Accept-Encoding header. Brotli would be smaller, but browsers do not offer it over
 * plain HTTP, which is how many plants run.
 */
export function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  for (const offer of String(acceptEncoding ?? '').split(',')) {
    const [coding, ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase());
    if (coding !== 'gzip' && coding !== '*') continue;
    return !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  }
  return false;
}

/** Compresses a page, off the event loop. */
export function gzipPage(html: string): Promise<Buffer> {
  return gzipAsync(html, { level: PAGE_LEVEL });
}
