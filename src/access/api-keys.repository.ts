import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Postgres } from '../platform/postgres/postgres.js';
import type { Principal } from './principal.js';
import type { RoleName } from './roles.js';
import { hashSecret, newApiKey } from './secrets.js';

/** An API key as it is stored, without its secret. */
export interface ApiKeyRecord {
  id: string;
  name: string;
  /** Its first letters, by which a person recognises it. */
  prefix: string;
  role: RoleName;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const COLUMNS = `id, name, prefix, role, created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Every key, newest first, also those that are revoked or expired. */
  list(): Promise<ApiKeyRecord[]> {
    return this.postgres.rows<ApiKeyRecord>(`SELECT ${COLUMNS} FROM gits.api_keys ORDER BY created_at DESC, id`);
  }

  async find(id: string): Promise<ApiKeyRecord | null> {
    if (!UUID.test(id)) return null;
    const [found] = await this.postgres.rows<ApiKeyRecord>(`SELECT ${COLUMNS} FROM gits.api_keys WHERE id = $1`, [id]);
    return found ?? null;
  }

  /** Makes a key. The key itself is in the answer and nowhere else. `days` null: it does not expire. */
  async create(
    name: string,
    role: RoleName,
    days: number | null,
    createdBy: string,
  ): Promise<{ key: string; record: ApiKeyRecord }> {
    const { key, prefix } = newApiKey();
    const [record] = await this.postgres.rows<ApiKeyRecord>(
      `INSERT INTO gits.api_keys (id, name, prefix, key_hash, role, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)) RETURNING ${COLUMNS}`,
      [randomUUID(), name, prefix, hashSecret(key), role, createdBy, days],
    );
    return { key, record: record as ApiKeyRecord };
  }

  /** Revokes a key; a second time changes nothing. Its hash, or null when there is no such key. */
  async revoke(id: string): Promise<string | null> {
    if (!UUID.test(id)) return null;
    const [revoked] = await this.postgres.rows<{ keyHash: string }>(
      `UPDATE gits.api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING key_hash AS "keyHash"`,
      [id],
    );
    return revoked?.keyHash ?? null;
  }

  /** Whose key it is. `stale`: its last use was noted more than a minute ago. Null: unknown, revoked or expired. */
  async findActive(keyHash: string): Promise<{ principal: Principal; expiresAt: Date | null; stale: boolean } | null> {
    const [row] = await this.postgres.rows<{
      id: string;
      name: string;
      role: RoleName;
      expiresAt: Date | null;
      stale: boolean;
    }>(
      `SELECT id, name, role, expires_at AS "expiresAt",
         coalesce(last_used_at < now() - interval '1 minute', true) AS stale
       FROM gits.api_keys WHERE key_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [keyHash],
    );
    if (row === undefined) return null;
    const { id, name, role, expiresAt, stale } = row;
    return { principal: { kind: 'key', id, name, role }, expiresAt, stale };
  }

  /** Notes that a key is in use, unless another process did within the last minute. */
  async touch(id: string): Promise<void> {
    await this.postgres.query(
      `UPDATE gits.api_keys SET last_used_at = now()
       WHERE id = $1 AND coalesce(last_used_at < now() - interval '1 minute', true)`,
      [id],
    );
  }
}
