/** A name or address with an optional port; what else a client may put into its Host header is not repeated on a page. */
const HOST = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * Where this server is reached, for commands to copy: the public URL if it is set, else as the browser reached it.
 *
 * @example originOf('', 'http', '127.0.0.1:8000') // 'http://127.0.0.1:8000'
 */
export function originOf(publicUrl: string, protocol: string, host: string | undefined): string {
  if (publicUrl !== '') return publicUrl.replace(/\/+$/, '');
  return `${protocol}://${host !== undefined && HOST.test(host) ? host : 'localhost'}`;
}
