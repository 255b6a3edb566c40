import { Injectable } from '@nestjs/common';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';
import type { Principal } from './principal.js';
import type { RoleName } from './roles.js';
import { hashSecret, newToken } from './secrets.js';

/** A login that has begun. The token is known here and in the browser's cookie only; the hash of it is stored. */
export interface Session {
  token: string;
  expiresAt: Date;
}

@Injectable()
export class SessionsRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Begins a session of a user, if wished in a transaction that is under way. */
  async begin(userId: string, hours: number, queryable: Queryable = this.postgres): Promise<Session> {
    const token = newToken();
    const { rows } = await queryable.query<{ expiresAt: Date }>(
      `INSERT INTO gits.sessions (token_hash, user_id, expires_at) VALUES ($1, $2, now() + make_interval(hours => $3))
       RETURNING expires_at AS "expiresAt"`,
      [hashSecret(token), userId, hours],
    );
    return { token, expiresAt: (rows[0] as { expiresAt: Date }).expiresAt };
  }

  /** Whose session it is, with the user's role as it is now. Null: no such session, or it is over. */
  async find(tokenHash: string): Promise<{ principal: Principal; expiresAt: Date } | null> {
    const [row] = await this.postgres.rows<{ id: string; name: string; role: RoleName; expiresAt: Date }>(
      `SELECT u.id, u.username AS name, u.role, s.expires_at AS "expiresAt"
       FROM gits.sessions s JOIN gits.users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > now()`,
      [tokenHash],
    );
    if (row === undefined) return null;
    return { principal: { kind: 'user', id: row.id, name: row.name, role: row.role }, expiresAt: row.expiresAt };
  }

  async end(tokenHash: string): Promise<void> {
    await this.postgres.query('DELETE FROM gits.sessions WHERE token_hash = $1', [tokenHash]);
  }
}
