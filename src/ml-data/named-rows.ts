import type { Dataset, Split } from '../datasets/dataset.js';
import { listOf } from '../datasets/value-text.js';
import { type FieldProblem, InvalidProblem } from '../platform/http/problem.js';
import { RowBatch } from './row-batch.js';

/** A request may be as large as its bytes allow, but not hold more rows than one statement should. */
export const MAX_ROWS_PER_REQUEST = 10_000;
const MAX_PROBLEMS = 20;

/** The rows of a request: one object, or a list of them. Throws InvalidProblem when there are none or too many. */
export function rowsOf(body: unknown): unknown[] {
  const rows = Array.isArray(body) ? body : [body];
  if (rows.length < 1 || rows.length > MAX_ROWS_PER_REQUEST) {
    const message = `must be one row or a list of 1 to ${MAX_ROWS_PER_REQUEST}, but is a list of ${rows.length}; a file can hold more`;
    throw new InvalidProblem('invalid-rows', `The rows ${message}.`, [{ pointer: '', message }]);
  }
  return rows;
}

/**
 * Checks named rows (JSON objects) of a split. A row holds the features and the target by name, its time as the time
 * columns or `date_time`, and what else the split keeps. `targetIs` is where a value under the target's name goes:
 * the platform this one follows calls a production row's prediction so. Throws InvalidProblem naming every bad row.
 */
export function readNamedRows(
  dataset: Dataset,
  split: Split,
  rows: readonly unknown[],
  targetIs: 'label' | 'prediction' = 'label',
): RowBatch {
  const batch = new RowBatch(dataset, split, rows.length, Date.now());
  const problems: FieldProblem[] = [];
  rows.forEach((row, index) => {
    setRow(batch, row, targetIs);
    const problem = batch.finish();
    if (problem !== undefined) problems.push({ pointer: `/${index}/${problem.field}`, message: problem.message });
  });
  if (problems.length > 0) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (${problems.length} rows are wrong)` : '';
    throw new InvalidProblem(
      'invalid-rows',
      `${first!.pointer} ${first!.message}${more}`,
      problems.slice(0, MAX_PROBLEMS),
    );
  }
  return batch;
}

function setRow(batch: RowBatch, row: unknown, targetIs: 'label' | 'prediction'): void {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    batch.fail('', 'an object of values by column', row);
    return;
  }
  const { dataset } = batch;
  const values = row as Record<string, unknown>;
  const timeNames = dataset.timeColumns;
  const parts = new Map<string, unknown>();
  for (const name of Object.keys(values)) {
    const isPrediction = targetIs === 'prediction' && name === dataset.target.name;
    const column =
      timeNames.length === 1 && name === timeNames[0]
        ? batch.column('date_time')
        : batch.column(isPrediction ? 'prediction' : name);
    if (column !== undefined) batch.setJson(column, values[name]);
    else if (timeNames.includes(name)) parts.set(name, values[name]);
    else
      batch.fail(
        name,
        `absent: the columns are ${listOf([...batch.columns.map((known) => known.name), ...timeNames])}`,
        values[name],
      );
  }
  if (parts.size === 0) return;
  const wrong = timeNames.find((name) => typeof parts.get(name) !== 'number');
  if (wrong !== undefined) batch.fail(wrong, 'a number, a part of the time in UTC', parts.get(wrong));
  else
    batch.setTimeParts(
      timeNames.map((name) => parts.get(name) as number),
      timeNames,
    );
}
