import { Injectable } from '@nestjs/common';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';

/** How far a named replay or simulation has come. */
export interface SourceRun {
  name: string;
  position: number;
  state: unknown;
  /** Epoch milliseconds. */
  startedAt: number;
  ended: boolean;
}

@Injectable()
export class SourceRunsRepository {
  constructor(private readonly postgres: Postgres) {}

  /** The run of this name; begun now if there is none. */
  async begin(name: string, service: string): Promise<SourceRun> {
    const rows = await this.postgres.rows<SourceRun & { name: string }>(
      `INSERT INTO gits.source_runs AS r (name, service) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET service = r.service
       RETURNING name, position, state, (extract(epoch FROM started_at) * 1000)::bigint AS "startedAt",
         ended_at IS NOT NULL AS ended`,
      [name, service],
    );
    return rows[0]!;
  }

  async advance(name: string, position: number, state: unknown, transaction: Queryable): Promise<void> {
    await transaction.query('UPDATE gits.source_runs SET position = $2, state = $3 WHERE name = $1', [
      name,
      position,
      state === null ? null : JSON.stringify(state),
    ]);
  }

  async end(name: string): Promise<void> {
    await this.postgres.query('UPDATE gits.source_runs SET ended_at = now() WHERE name = $1', [name]);
  }
}
