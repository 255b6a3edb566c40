import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres/postgres.js';
import type { RoleName } from './roles.js';

/** A user as it is stored. */
export interface UserRecord {
  id: string;
  username: string;
  /** Null: no password works. */
  passwordHash: string | null;
  role: RoleName;
}

@Injectable()
export class UsersRepository {
  constructor(private readonly postgres: Postgres) {}

  async anyExists(): Promise<boolean> {
    const [row] = await this.postgres.rows<{ any: boolean }>('SELECT EXISTS (SELECT FROM gits.users) AS any');
    return row?.any === true;
  }

  async findByUsername(username: string): Promise<UserRecord | null> {
    // PostgreSQL refuses a NUL in a text; no user has one.
    if (username.includes('\0')) return null;
    const [user] = await this.postgres.rows<UserRecord>(
      'SELECT id, username, password_hash AS "passwordHash", role FROM gits.users WHERE username = $1',
      [username],
    );
    return user ?? null;
  }

  /** Makes a user unless there is any user, also when several processes try at once. Null: not made. */
  async createFirst(username: string, passwordHash: string | null, role: RoleName): Promise<string | null> {
    const [made] = await this.postgres.rows<{ id: string }>(
      `INSERT INTO gits.users (id, username, password_hash, role)
       SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM gits.users)
       ON CONFLICT (username) DO NOTHING RETURNING id`,
      [randomUUID(), username, passwordHash, role],
    );
    return made?.id ?? null;
  }
}
