import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { UnauthenticatedProblem } from '../platform/http/problem.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import type { Principal } from './principal.js';
import { RecentLookups } from './recent-lookups.js';
import { hashSecret, isApiKey, sameHash } from './secrets.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsRepository } from './sessions.repository.js';

/** For so long another process may still accept what was revoked. */
const LOOKUP_LIFE_MS = 3000;
const MAX_LOOKUPS = 10_000;

/** Who makes a request, and how it was shown. */
export interface Identity {
  readonly principal: Principal;
  /** A browser sends a session's cookie by itself, an API key is sent on purpose. */
  readonly via: 'key' | 'session';
}

interface Active {
  readonly principal: Principal;
  readonly expiresAt: Date | null;
}

/** Tells from a request's headers who makes it. */
@Injectable()
export class Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly lookups = new RecentLookups<Active | null>(LOOKUP_LIFE_MS, MAX_LOOKUPS);
  private readonly presetHash: string | null;

  constructor(
    environment: Environment,
    private readonly keys: ApiKeysRepository,
    private readonly sessions: SessionsRepository,
    private readonly cookie: SessionCookie,
  ) {
    this.presetHash = environment.apiKey === '' ? null : hashSecret(environment.apiKey);
  }

  /**
   * Null: nobody says who it is, or the session is over. Throws UnauthenticatedProblem for an Authorization header that
   * is wrong, whatever the cookie.
   */
  async identify(headers: {
    authorization?: string | undefined;
    cookie?: string | undefined;
  }): Promise<Identity | null> {
    if (headers.authorization !== undefined) {
      return { principal: await this.byAuthorization(headers.authorization), via: 'key' };
    }
    const token = this.cookie.read(headers.cookie);
    if (token === null) return null;
    const hash = hashSecret(token);
    const session = await this.lookups.get(`session ${hash}`, () => this.sessions.find(hash));
    return session === null || isOver(session) ? null : { principal: session.principal, via: 'session' };
  }

  /** Ends the session whose token a Cookie header carries, if any. */
  async endSession(cookieHeader: string | undefined): Promise<void> {
    const token = this.cookie.read(cookieHeader);
    if (token === null) return;
    const hash = hashSecret(token);
    await this.sessions.end(hash);
    this.lookups.forget(`session ${hash}`);
  }

  /** Forgets a key that was just revoked, so that this process refuses it at once. */
  forgetKey(keyHash: string): void {
    this.lookups.forget(`key ${keyHash}`);
  }

  private async byAuthorization(authorization: string): Promise<Principal> {
    const [, key] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (key === undefined) {
      throw new UnauthenticatedProblem(
        'authorization-scheme',
        'The Authorization header must be "Bearer" and an API key: `Authorization: Bearer gits_…`.',
      );
    }
    const hash = hashSecret(key);
    if (this.presetHash !== null && sameHash(hash, this.presetHash)) return PRESET;
    const active = isApiKey(key) ? await this.lookups.get(`key ${hash}`, () => this.loadKey(hash)) : null;
    if (active === null || isOver(active)) {
      throw new UnauthenticatedProblem('api-key-invalid', 'This API key is unknown, expired or revoked.');
    }
    return active.principal;
  }

  private async loadKey(hash: string): Promise<Active | null> {
    const key = await this.keys.findActive(hash);
    if (key?.stale === true) {
      this.keys.touch(key.principal.id).catch((error: unknown) => {
        this.logger.debug(`the use of an API key was not noted: ${String(error)}`);
      });
    }
    return key;
  }
}

/** The key of GITS_API_KEY, which is compared by its hash and never stored. */
const PRESET: Principal = { kind: 'key', id: 'preset', name: 'preset', role: 'admin' };

function isOver({ expiresAt }: Active): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}
