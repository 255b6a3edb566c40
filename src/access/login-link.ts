import type { LoginLink } from './login-links.repository.js';

/** The URL of a link on a server at `baseUrl`. */
export function loginLinkUrl(baseUrl: string, token: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/login/link?token=${token}`;
}

/** The line that is printed for a person; times are of this machine. */
export function loginLinkText(username: string, baseUrl: string, link: LoginLink, now = new Date()): string {
  const time = link.expiresAt.toTimeString().slice(0, 5);
  const sameDay = link.expiresAt.toDateString() === now.toDateString();
  const until = sameDay ? time : `${link.expiresAt.toDateString()} ${time}`;
  return `Log in once as ${username}: ${loginLinkUrl(baseUrl, link.token)}  (works until ${until}, once)`;
}
