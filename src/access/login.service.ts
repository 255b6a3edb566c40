import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { LoginLinksRepository } from './login-links.repository.js';
import { LoginThrottle } from './login-throttle.js';
import { Passwords } from './passwords.js';
import { isToken } from './secrets.js';
import { type Session, SessionsRepository } from './sessions.repository.js';
import { UsersRepository } from './users.repository.js';

/** How a login with a password went. */
export type LoginOutcome =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'wrong' }
  /** Too many failures: seconds to wait. */
  | { readonly kind: 'wait'; readonly seconds: number };

/** Begins sessions. */
@Injectable()
export class LoginService {
  private readonly logger = new Logger(LoginService.name);

  constructor(
    private readonly environment: Environment,
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsRepository,
    private readonly links: LoginLinksRepository,
    private readonly throttle: LoginThrottle,
  ) {}

  /** An unknown user, a user without a password and a wrong password are told apart neither by answer nor by time. */
  async byPassword(username: string, password: string, address: string): Promise<LoginOutcome> {
    const seconds = this.throttle.begin(username, address);
    if (seconds > 0) return { kind: 'wait', seconds };
    const user = await this.users.findByUsername(username);
    const right = await this.passwords.check(password, user?.passwordHash ?? null);
    if (user === null || !right) {
      // Without the username, in whose place people type their password now and then.
      this.logger.warn(`failed login from ${address}`);
      return { kind: 'wrong' };
    }
    this.throttle.succeeded(username, address);
    this.logger.log(`${user.username} has logged in`);
    return { kind: 'session', session: await this.sessions.begin(user.id, this.environment.sessionHours) };
  }

  /** Uses a one-time link up. Null: it does not work, or no longer. */
  async byLink(token: string): Promise<Session | null> {
    if (!isToken(token)) return null;
    const session = await this.links.redeem(token, this.sessions, this.environment.sessionHours);
    this.logger.log(session === null ? 'a login link that does not work was tried' : 'a login link was used');
    return session;
  }
}
