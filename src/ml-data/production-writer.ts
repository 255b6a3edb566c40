import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Dataset, DatasetColumn } from '../datasets/dataset.js';
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
import { InsertNew } from '../platform/postgres/insert-new.js';
import type { Queryable } from '../platform/postgres/postgres.js';
import { countRows } from './row-counter.js';

/** A batch of scored messages. */
export interface ScoredRows {
  readonly jobIds: readonly string[];
  /** Epoch milliseconds, one per row. */
  readonly eventTimes: Float64Array;
  /** Row-major, one row of features per job; NaN: missing, a category as its index, a boolean as 0 or 1. */
  readonly features: Float64Array;
  /** One per row: numbers of a regression, class names of a classification. */
  readonly predictions: Float64Array | readonly string[];
  readonly model: string;
  readonly modelVersion: number;
}

interface Statement {
  readonly name: string;
  readonly text: string;
  readonly categories: readonly (readonly Buffer[] | undefined)[];
}

/** Stores the rows of scored messages. The hot path: one prepared statement a batch, its numbers sent as they are. */
@Injectable()
export class ProductionWriter {
  private readonly statements = new WeakMap<Dataset, Statement>();
  private readonly inserts = new InsertNew();

  /**
   * Inserts the rows that are not there yet and counts them, on a connection inside the caller's transaction. Returns how
   * many were new: a job that was stored by an earlier delivery is left as it is.
   */
  async insert(dataset: Dataset, rows: ScoredRows, connection: Queryable): Promise<number> {
    const length = rows.jobIds.length;
    const width = dataset.features.length;
    if (
      rows.eventTimes.length !== length ||
      rows.features.length !== length * width ||
      rows.predictions.length !== length
    ) {
      throw new Error(
        `a batch of ${length} jobs must have as many event times and predictions and ${length * width} features, but has ` +
          `${rows.eventTimes.length}, ${rows.predictions.length} and ${rows.features.length}`,
      );
    }
    if (length === 0) return 0;
    const statement = this.statementFor(dataset);
    const { predictions } = rows;
    const values: unknown[] = [
      uuidArray(rows.jobIds),
      timestamptzArray(rows.eventTimes),
      ...dataset.features.map((column, index) =>
        featureArray(column, rows.features, statement.categories[index], { offset: index, stride: width, length }),
      ),
      predictions instanceof Float64Array ? float8Array(predictions, { nanIsNull: true }) : textArray(predictions),
      rows.model,
      rows.modelVersion,
    ];
    const { name, text } = statement;
    const inserted = await this.inserts.run(
      connection,
      { name, text, values },
      { name: `${name}_careful`, text: `${text} ON CONFLICT DO NOTHING`, values },
    );
    const added = inserted.rowCount ?? 0;
    await countRows(connection, dataset.name, 'production', added);
    return added;
  }

  private statementFor(dataset: Dataset): Statement {
    let statement = this.statements.get(dataset);
    if (statement === undefined) {
      const text = insertText(dataset);
      const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
      const categories = dataset.features.map((column) => column.categories?.map((category) => Buffer.from(category)));
      // Named by its text: after a change of the dataset the server must not run the old one.
      statement = { name: `production_${hash}`, text, categories };
      this.statements.set(dataset, statement);
    }
    return statement;
  }
}

function insertText(dataset: Dataset): string {
  const names = ['job_id', 'date_time', ...dataset.features.map((column) => column.name), 'prediction'];
  const types = [
    'uuid',
    'timestamptz',
    ...dataset.features.map(arrayType),
    dataset.task === 'regression' ? 'float8' : 'text',
  ];
  const columns = names.map(quoteIdentifier).join(', ');
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
  const model = types.length + 1;
  return `
    INSERT INTO ${tableOf(dataset.name, 'production')} (${columns}, model, model_version)
    SELECT ${columns}, $${model}::text, $${model + 1}::integer FROM unnest(${arrays}) AS batch (${columns})`;
}

function arrayType(column: DatasetColumn): string {
  if (column.type === 'number') return 'float8';
  return column.type === 'boolean' ? 'bool' : 'text';
}

function featureArray(
  column: DatasetColumn,
  features: Float64Array,
  categories: readonly Buffer[] | undefined,
  slice: { offset: number; stride: number; length: number },
): Buffer {
  if (column.type === 'number') return float8Array(features, { ...slice, nanIsNull: true });
  if (column.type === 'boolean') return boolArray(features, slice);
  return categoryArray(features, categories ?? [], slice);
}
