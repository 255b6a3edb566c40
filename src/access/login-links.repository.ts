import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres/postgres.js';
import { hashSecret, newToken } from './secrets.js';
import { type Session, SessionsRepository } from './sessions.repository.js';

/** A one-time login link. */
export interface LoginLink {
  token: string;
  expiresAt: Date;
}

@Injectable()
export class LoginLinksRepository {
  constructor(private readonly postgres: Postgres) {}

  async create(userId: string, minutes: number): Promise<LoginLink> {
    const token = newToken();
    const [row] = await this.postgres.rows<{ expiresAt: Date }>(
      `INSERT INTO gits.login_links (token_hash, user_id, expires_at) VALUES ($1, $2, now() + make_interval(mins => $3))
       RETURNING expires_at AS "expiresAt"`,
      [hashSecret(token), userId, minutes],
    );
    return { token, expiresAt: (row as { expiresAt: Date }).expiresAt };
  }

  /** Uses a link up and begins a session of its user. Null: unknown, used before or expired. */
  async redeem(token: string, sessions: SessionsRepository, sessionHours: number): Promise<Session | null> {
    return this.postgres.transaction(async (connection) => {
      // One statement: of two requests with the same link, the second waits for the first and then finds it used.
      const used = await connection.query<{ userId: string }>(
        `UPDATE gits.login_links SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
         RETURNING user_id AS "userId"`,
        [hashSecret(token)],
      );
      const userId = used.rows[0]?.userId;
      return userId === undefined ? null : sessions.begin(userId, sessionHours, connection);
    });
  }
}
