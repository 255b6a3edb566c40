import { Injectable } from '@nestjs/common';
import type { Dataset } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { timestamptzArray, uuidArray } from '../platform/postgres/binary-arrays.js';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';
import type { LabelEntry } from './label-entries.js';
import { type Label, type LabelledRow, foundColumns, handIn, setLabels } from './labelling.js';

export interface LabelResult {
  /** Production rows whose label was set or changed. */
  updated: number;
  /** Production rows that had this label already. */
  unchanged: number;
  /** What no production row was found for. */
  unknown: ({ job_id: string } | { date_time: string })[];
}

type FoundRow = { position: number; job_id: string; date_time: Date; before: Label | null };

/** Sets the ground truth of production rows, as it becomes known. */
@Injectable()
export class LabelService {
  constructor(private readonly postgres: Postgres) {}

  /**
   * Labels production rows by job, or by time: the rows at the time nearest to the entry's, at most `toleranceSeconds`
   * away. When entries meet at a row, the last one counts. The same again changes nothing. The rows are also handed to
   * the collector, which adds them to the training data.
   */
  async label(dataset: Dataset, entries: readonly LabelEntry[], toleranceSeconds = 0): Promise<LabelResult> {
    return this.postgres.transaction(async (connection) => {
      const found = [
        ...(await findByJob(connection, dataset, entries)),
        ...(await findByTime(connection, dataset, entries, toleranceSeconds)),
      ].sort((a, b) => a.position - b.position);
      const rows = new Map<string, LabelledRow>();
      for (const row of found) {
        const label = entries[row.position]!.label;
        rows.set(`${row.job_id} ${row.date_time.getTime()}`, {
          jobId: row.job_id,
          dateTime: row.date_time,
          before: row.before,
          label,
        });
      }
      const changed = [...rows.values()].filter((row) => row.before !== row.label);
      await setLabels(connection, dataset, changed);
      await handIn(connection, dataset, changed);
      const known = new Set(found.map((row) => row.position));
      return {
        updated: changed.length,
        unchanged: rows.size - changed.length,
        unknown: entries.flatMap((entry, position) => (known.has(position) ? [] : [describe(entry)])),
      };
    });
  }
}

async function findByJob(connection: Queryable, dataset: Dataset, entries: readonly LabelEntry[]): Promise<FoundRow[]> {
  const positions = entries.flatMap((entry, position) => (entry.jobId === undefined ? [] : [position]));
  if (positions.length === 0) return [];
  const { rows } = await connection.query<FoundRow>(
    `SELECT g.position::integer - 1 AS position, ${foundColumns(dataset)}
     FROM unnest($1::uuid[]) WITH ORDINALITY AS g (job_id, position)
     JOIN ${tableOf(dataset.name, 'production')} AS p ON p.job_id = g.job_id
     ORDER BY p.job_id, p.date_time FOR UPDATE OF p`,
    [uuidArray(positions.map((position) => entries[position]!.jobId!))],
  );
  return rows.map((row) => ({ ...row, position: positions[row.position]! }));
}

async function findByTime(
  connection: Queryable,
  dataset: Dataset,
  entries: readonly LabelEntry[],
  toleranceSeconds: number,
): Promise<FoundRow[]> {
  const positions = entries.flatMap((entry, position) => (entry.time === undefined ? [] : [position]));
  if (positions.length === 0) return [];
  const table = tableOf(dataset.name, 'production');
  const { rows } = await connection.query<FoundRow>(
    `SELECT g.position::integer - 1 AS position, ${foundColumns(dataset)}
     FROM unnest($1::timestamptz[]) WITH ORDINALITY AS g (at, position)
     CROSS JOIN LATERAL (
       SELECT near.date_time FROM (
         (SELECT date_time FROM ${table} WHERE date_time >= g.at AND date_time <= g.at + make_interval(secs => $2)
          ORDER BY date_time LIMIT 1)
         UNION ALL
         (SELECT date_time FROM ${table} WHERE date_time < g.at AND date_time >= g.at - make_interval(secs => $2)
          ORDER BY date_time DESC LIMIT 1)
       ) AS near
       ORDER BY abs(extract(epoch FROM near.date_time - g.at)), near.date_time LIMIT 1
     ) AS nearest
     JOIN ${table} AS p ON p.date_time = nearest.date_time
     ORDER BY p.job_id, p.date_time FOR UPDATE OF p`,
    [timestamptzArray(positions.map((position) => entries[position]!.time!)), toleranceSeconds],
  );
  return rows.map((row) => ({ ...row, position: positions[row.position]! }));
}

function describe(entry: LabelEntry): { job_id: string } | { date_time: string } {
  return entry.jobId === undefined ? { date_time: new Date(entry.time).toISOString() } : { job_id: entry.jobId };
}
