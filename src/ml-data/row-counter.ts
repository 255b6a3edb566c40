import type { Split } from '../datasets/dataset.js';
import type { Queryable } from '../platform/postgres/postgres.js';

/** What `gits.row_counts` counts of a dataset: the rows of each split, and the production rows that have a label. */
export type Counted = Split | 'labelled';

/** Notes added (or, below zero, removed) rows, in the transaction that changes them. */
export async function countRows(
  connection: Queryable,
  dataset: string,
  counted: Counted,
  added: number,
): Promise<void> {
  if (added !== 0) await connection.query('SELECT gits.count_rows($1, $2, $3)', [dataset, counted, added]);
}
