import { keyColumn } from '../datasets/stored-columns.js';
import { tableOf } from '../datasets/dataset-table.js';
import {
  boolArray,
  categoryArray,
  float8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from '../platform/postgres/binary-arrays.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import type { Queryable } from '../platform/postgres/postgres.js';
import type { RowBatch, WritableColumn } from './row-batch.js';
import { countRows } from './row-counter.js';

/** Element types of the arrays that carry a batch; whole numbers travel as doubles. */
const ARRAY_TYPES = {
  number: 'float8',
  integer: 'float8',
  boolean: 'bool',
  category: 'text',
  text: 'text',
  uuid: 'uuid',
  time: 'timestamptz',
} as const;

/**
 * Inserts the rows of a batch in one statement and counts them, in the caller's transaction. Rows of a job and time that
 * are there already are left as they are. Returns the keys (row or job ids) of the new rows.
 */
export async function insertBatch(connection: Queryable, batch: RowBatch): Promise<(number | string)[]> {
  const { dataset, split } = batch;
  if (batch.length === 0) return [];
  const columns = batch.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const arrays = batch.columns.map((column, index) => `$${index + 1}::${arrayType(column)}[]`).join(', ');
  const result = await connection.query<{ key: number | string; labelled: boolean }>(
    `INSERT INTO ${tableOf(dataset.name, split)} (${columns})
     SELECT ${columns} FROM unnest(${arrays}) AS batch (${columns})
     ON CONFLICT DO NOTHING
     RETURNING ${keyColumn(split)} AS key, ${quoteIdentifier(dataset.target.name)} IS NOT NULL AS labelled`,
    batch.columns.map((column) => arrayOf(batch, column)),
  );
  await countRows(connection, dataset.name, split, result.rows.length);
  if (split === 'production') {
    await countRows(connection, dataset.name, 'labelled', result.rows.filter((row) => row.labelled).length);
  }
  return result.rows.map((row) => row.key);
}

function arrayType(column: WritableColumn): string {
  return ARRAY_TYPES[column.type as keyof typeof ARRAY_TYPES];
}

function arrayOf(batch: RowBatch, column: WritableColumn): Buffer {
  const numbers = batch.numbers[column.index]!.subarray(0, batch.length);
  const texts = batch.texts[column.index]!.slice(0, batch.length);
  switch (column.type) {
    case 'number':
    case 'integer':
      return float8Array(numbers, { nanIsNull: true });
    case 'boolean':
      return boolArray(numbers);
    case 'category':
      return categoryArray(
        numbers,
        (column.column?.categories ?? []).map((category) => Buffer.from(category)),
      );
    case 'time':
      return timestamptzArray(numbers);
    case 'uuid':
      return uuidArray(texts);
    default:
      return textArray(texts);
  }
}
