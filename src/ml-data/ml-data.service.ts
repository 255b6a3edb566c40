import { Injectable } from '@nestjs/common';
import { type Dataset, SPLITS, type Split } from '../datasets/dataset.js';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';
import { insertBatch } from './batch-insert.js';
import { readNamedRows, rowsOf } from './named-rows.js';
import type { RowBatch } from './row-batch.js';
import type { Counted } from './row-counter.js';

export interface AppendResult {
  inserted: number;
  /** Rows of a job and time that were there already. */
  duplicates: number;
  /** Keys of the inserted rows: row ids, or job ids of production rows. */
  ids: (number | string)[];
}

export interface DatasetCounts {
  dataset: string;
  training: number;
  testing: number;
  production: number;
  /** Production rows with a label. */
  labelled: number;
}

const COUNTED: readonly Counted[] = [...SPLITS, 'labelled'];

/** Rows of datasets, for requests and for the other modules. */
@Injectable()
export class MlDataService {
  constructor(private readonly postgres: Postgres) {}

  /** Adds checked rows: one object or a list, by column name; in `transaction` if it is given. Throws InvalidProblem, with nothing stored. */
  async append(dataset: Dataset, split: Split, rows: unknown, transaction?: Queryable): Promise<AppendResult> {
    return this.insert(readNamedRows(dataset, split, rowsOf(rows)), transaction);
  }

  /** Adds result rows as a worker of the reference platform posts them: what is called like the target is the prediction. */
  async appendResults(dataset: Dataset, split: Split, rows: unknown): Promise<AppendResult> {
    const targetIs = split === 'production' ? 'prediction' : 'label';
    return this.insert(readNamedRows(dataset, split, rowsOf(rows), targetIs));
  }

  /** Exact counts of every dataset, or of one; each change of rows keeps them, so that nothing is scanned. */
  async counts(dataset?: string): Promise<DatasetCounts[]> {
    const rows = await this.postgres.rows<{ dataset: string; split: Counted | null; count: number }>(
      `SELECT d.name AS dataset, c.split, coalesce(sum(c.row_count), 0)::bigint AS count
       FROM gits.datasets d LEFT JOIN gits.row_counts c ON c.dataset = d.name
       WHERE $1::text IS NULL OR d.name = $1 GROUP BY d.name, c.split ORDER BY d.name`,
      [dataset ?? null],
    );
    const counts = new Map<string, DatasetCounts>();
    for (const row of rows) {
      const entry = counts.get(row.dataset) ?? {
        dataset: row.dataset,
        training: 0,
        testing: 0,
        production: 0,
        labelled: 0,
      };
      if (row.split !== null && COUNTED.includes(row.split)) entry[row.split] = row.count;
      counts.set(row.dataset, entry);
    }
    return [...counts.values()];
  }

  private async insert(batch: RowBatch, transaction?: Queryable): Promise<AppendResult> {
    const ids =
      transaction === undefined
        ? await this.postgres.transaction((connection) => insertBatch(connection, batch))
        : await insertBatch(transaction, batch);
    return { inserted: ids.length, duplicates: batch.length - ids.length, ids };
  }
}
