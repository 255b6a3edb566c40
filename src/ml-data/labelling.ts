import type { Dataset } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { boolArray, float8Array, textArray, timestamptzArray, uuidArray } from '../platform/postgres/binary-arrays.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import type { Queryable } from '../platform/postgres/postgres.js';
import { countRows } from './row-counter.js';

/** The value of a target as PostgreSQL and JSON have it. */
export type Label = number | string | boolean;

/** A production row, locked, that gets a label. */
export interface LabelledRow {
  readonly jobId: string;
  readonly dateTime: Date;
  /** The label it has; null: none yet. */
  readonly before: Label | null;
  readonly label: Label;
}

/** Columns of the statements that find and lock production rows `p` by the entries `g`. */
export function foundColumns(dataset: Dataset): string {
  return `p.job_id, p.date_time, p.${quoteIdentifier(dataset.target.name)} AS before`;
}

/** Sets the labels of locked production rows and counts them, in the caller's transaction. */
export async function setLabels(connection: Queryable, dataset: Dataset, rows: readonly LabelledRow[]): Promise<void> {
  if (rows.length === 0) return;
  const target = quoteIdentifier(dataset.target.name);
  const { array, type } = labelArray(
    dataset,
    rows.map((row) => row.label),
  );
  await connection.query(
    `UPDATE ${tableOf(dataset.name, 'production')} AS p SET ${target} = g.label, labeled_at = now()
     FROM unnest($1::uuid[], $2::timestamptz[], $3::${type}[]) AS g (job_id, date_time, label)
     WHERE p.job_id = g.job_id AND p.date_time = g.date_time`,
    [uuidArray(rows.map((row) => row.jobId)), timestamptzArray(rows.map((row) => row.dateTime.getTime())), array],
  );
  await countRows(connection, dataset.name, 'labelled', rows.filter((row) => row.before === null).length);
}

/** Hands labels to the ground-truth collector, which adds their rows to the training data. A later one replaces an earlier. */
export async function handIn(
  connection: Queryable,
  dataset: Dataset,
  labels: readonly { readonly jobId: string; readonly label: Label }[],
): Promise<void> {
  // One statement cannot replace a row twice: the last label of a job counts. In the order of jobs, so that two requests
  // with the same jobs wait for each other rather than lock each other.
  const lastLabels = [...new Map(labels.map(({ jobId, label }) => [jobId, String(label)]))].sort();
  if (lastLabels.length === 0) return;
  await connection.query(
    `INSERT INTO gits.laboratory_results (job_id, dataset, label, due_at)
     SELECT job_id, $1, label, now() FROM unnest($2::uuid[], $3::text[]) AS g (job_id, label)
     ON CONFLICT (job_id) DO UPDATE SET label = excluded.label, due_at = excluded.due_at`,
    [dataset.name, uuidArray(lastLabels.map(([jobId]) => jobId)), textArray(lastLabels.map(([, label]) => label))],
  );
}

/** Forgets what was handed in for a job and not collected yet. */
export async function takeBack(connection: Queryable, jobId: string): Promise<void> {
  await connection.query('DELETE FROM gits.laboratory_results WHERE job_id = $1', [jobId]);
}

/** Undoes a label that turned out to be none: it is no longer handed in, and its row leaves the training data. */
export async function withdraw(connection: Queryable, dataset: Dataset, jobId: string): Promise<void> {
  await takeBack(connection, jobId);
  const removed = await connection.query(
    `DELETE FROM ${tableOf(dataset.name, 'training')} WHERE job_id = $1 RETURNING 1`,
    [jobId],
  );
  await countRows(connection, dataset.name, 'training', -removed.rows.length);
}

function labelArray(dataset: Dataset, labels: readonly Label[]): { array: Buffer; type: string } {
  if (dataset.target.type === 'category') return { array: textArray(labels as string[]), type: 'text' };
  const numbers = labels.map(Number);
  return dataset.target.type === 'boolean'
    ? { array: boolArray(numbers), type: 'bool' }
    : { array: float8Array(numbers), type: 'float8' };
}
