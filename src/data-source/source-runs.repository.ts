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

/** A run cannot be sent by this process. */
export class SourceRunError extends Error {
  readonly code = 'source-run';
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

  /** Notes that the rows from `from` to `to` are sent; throws when another process sends this run as well. */
  async advance(name: string, from: number, to: number, state: unknown, transaction: Queryable): Promise<void> {
    const advanced = await transaction.query(
      'UPDATE gits.source_runs SET position = $3, state = $4 WHERE name = $1 AND position = $2',
      [name, from, to, state === null ? null : JSON.stringify(state)],
    );
    if (advanced.rowCount === 1) return;
    throw new SourceRunError(
      `The run "${name}" is being sent by another process; --source-run <another name> sends it beside.`,
    );
  }

  async positionOf(name: string, transaction: Queryable): Promise<number | undefined> {
    const found = await transaction.query<{ position: number }>(
      'SELECT position FROM gits.source_runs WHERE name = $1',
      [name],
    );
    return found.rows[0]?.position;
  }

  async end(name: string): Promise<void> {
    await this.postgres.query('UPDATE gits.source_runs SET ended_at = now() WHERE name = $1', [name]);
  }
}
