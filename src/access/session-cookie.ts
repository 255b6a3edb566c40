import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { isToken } from './secrets.js';

/**
 * The cookie that carries a session's token. `SameSite=Lax`, not `Strict`: a login link or a deep link that is opened
 * from a mail or a chat must arrive logged in. Lax cookies come along with foreign GETs only, which change nothing; all
 * other methods ask for a same-origin header besides (same-origin.ts).
 */
@Injectable()
export class SessionCookie {
  private readonly secure: boolean;
  /** With https the `__Host-` prefix makes browsers refuse a cookie that another host of the domain has set. */
  readonly name: string;

  constructor(environment: Environment) {
    this.secure = environment.publicUrl.startsWith('https:');
    this.name = this.secure ? '__Host-gits_session' : 'gits_session';
  }

  /** The token in a request's Cookie header. */
  read(header: string | undefined): string | null {
    for (const pair of (header ?? '').split(';')) {
      const [name, value] = pair.trim().split('=', 2);
      if (name === this.name && value !== undefined && isToken(value)) return value;
    }
    return null;
  }

  /** Set-Cookie header for a session that has begun. */
  write(token: string, expiresAt: Date): string {
    return this.header(token, expiresAt);
  }

  /** Set-Cookie header that takes the cookie away. */
  clear(): string {
    return this.header('', new Date(0));
  }

  private header(value: string, expiresAt: Date): string {
    const secure = this.secure ? '; Secure' : '';
    return `${this.name}=${value}; Path=/; Expires=${expiresAt.toUTCString()}; HttpOnly; SameSite=Lax${secure}`;
  }
}
