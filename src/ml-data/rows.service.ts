import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { QueryArrayConfig } from 'pg';
import type { Dataset, Split } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { keyColumn, storedColumns } from '../datasets/stored-columns.js';
import { shownValue } from '../datasets/value-text.js';
import { isUuid } from './cell.js';
import { NotFoundProblem, PreconditionProblem } from '../platform/http/problem.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';
import { type Label, handIn, takeBack, withdraw } from './labelling.js';
import { countRows } from './row-counter.js';
import { readChange } from './row-change.js';
import { decodeCursor, encodeCursor } from './row-cursor.js';
import type { RowSelection } from './row-selection.js';

export interface RowPage {
  rows: Record<string, unknown>[];
  /** Pass it as `cursor` for the next page; null: this was the last one. */
  next_cursor: string | null;
}

export interface PageRequest {
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor: string | undefined;
}

type Row = Record<string, unknown>;

/** Reads, changes and deletes the rows of a split, one by one and in pages. */
@Injectable()
export class RowsService {
  constructor(private readonly postgres: Postgres) {}

  /** A page of rows by time. */
  async page(dataset: Dataset, split: Split, selection: RowSelection, request: PageRequest): Promise<RowPage> {
    const key = keyColumn(split);
    const names = [...selection.columns.map((column) => column.name), 'date_time', key];
    const { where, values } = conditions(selection);
    if (request.cursor !== undefined) {
      const cursor = decodeCursor(request.cursor, request.order);
      const isOfSplit = cursor.key.includes('-') === (split === 'production');
      // A cursor of another split ends nowhere in this one.
      if (!isOfSplit) decodeCursor('', request.order);
      values.push(new Date(cursor.time), cursor.key);
      const type = split === 'production' ? 'uuid' : 'bigint';
      where.push(
        `(date_time, ${key}) ${request.order === 'asc' ? '>' : '<'} ($${values.length - 1}, $${values.length}::${type})`,
      );
    }
    values.push(request.limit + 1);
    const query: QueryArrayConfig = {
      rowMode: 'array',
      text: `SELECT ${names.map(quoteIdentifier).join(', ')} FROM ${tableOf(dataset.name, split)}
             ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
             ORDER BY date_time ${request.order}, ${key} ${request.order} LIMIT $${values.length}`,
      values,
    };
    const rows = (await this.postgres.query(query)).rows as unknown as unknown[][];
    const page = rows.slice(0, request.limit);
    const last = rows.length > request.limit ? page.at(-1) : undefined;
    const width = selection.columns.length;
    return {
      rows: page.map((row) => Object.fromEntries(selection.columns.map((column, index) => [column.name, row[index]]))),
      next_cursor:
        last === undefined
          ? null
          : encodeCursor({ order: request.order, time: (last[width] as Date).getTime(), key: String(last[width + 1]) }),
    };
  }

  /** One row and its version; throws NotFoundProblem. */
  async get(dataset: Dataset, split: Split, id: string): Promise<{ row: Row; etag: string }> {
    return versioned(await this.read(this.postgres, dataset, split, id, ''));
  }

  /**
   * Changes the values of a row: features and target of training and testing rows, the label of a production row.
   * Throws InvalidProblem, NotFoundProblem, or PreconditionProblem when `ifMatch` is given and no longer true.
   */
  async change(
    dataset: Dataset,
    split: Split,
    id: string,
    body: unknown,
    ifMatch?: string,
  ): Promise<{ row: Row; etag: string }> {
    const changes = readChange(dataset, split, body);
    return this.postgres.transaction(async (connection) => {
      const before = await this.locked(connection, dataset, split, id, ifMatch);
      const values: unknown[] = [before[keyColumn(split)], before['date_time']];
      const sets = [...changes].map(([name, value]) => `${quoteIdentifier(name)} = $${values.push(value)}`);
      if (split === 'production') {
        const label = changes.get(dataset.target.name) ?? null;
        sets.push(label === null ? 'labeled_at = NULL' : 'labeled_at = now()');
        const had = before[dataset.target.name] !== null;
        await countRows(connection, dataset.name, 'labelled', Number(label !== null) - Number(had));
        if (label === null) await withdraw(connection, dataset, id);
        else await handIn(connection, dataset, [{ jobId: id, label: label as Label }]);
      }
      await connection.query(
        `UPDATE ${tableOf(dataset.name, split)} SET ${sets.join(', ')} WHERE ${keyColumn(split)} = $1 AND date_time = $2`,
        values,
      );
      return versioned(await this.read(connection, dataset, split, id, ''));
    });
  }

  /** Deletes a row; throws NotFoundProblem, or PreconditionProblem. */
  async remove(dataset: Dataset, split: Split, id: string, ifMatch?: string): Promise<void> {
    await this.postgres.transaction(async (connection) => {
      const row = await this.locked(connection, dataset, split, id, ifMatch);
      await connection.query(
        `DELETE FROM ${tableOf(dataset.name, split)} WHERE ${keyColumn(split)} = $1 AND date_time = $2`,
        [row[keyColumn(split)], row['date_time']],
      );
      await countRows(connection, dataset.name, split, -1);
      if (split !== 'production') return;
      if (row[dataset.target.name] !== null) await countRows(connection, dataset.name, 'labelled', -1);
      await takeBack(connection, id);
    });
  }

  private async locked(
    connection: Queryable,
    dataset: Dataset,
    split: Split,
    id: string,
    ifMatch?: string,
  ): Promise<Row> {
    const row = await this.read(connection, dataset, split, id, 'FOR UPDATE');
    const { etag } = versioned(row);
    if (ifMatch === undefined || ifMatch === '*' || ifMatch.split(',').some((tag) => tag.trim() === etag)) return row;
    throw new PreconditionProblem(
      'row-changed',
      `If-Match must be ${etag}, but is ${shownValue(ifMatch)}: the row has changed since.`,
    );
  }

  private async read(connection: Queryable, dataset: Dataset, split: Split, id: string, lock: string): Promise<Row> {
    const key = keyColumn(split);
    const isKey = split === 'production' ? isUuid(id) : /^\d{1,18}$/.test(id);
    const names = storedColumns(dataset, split).map((column) => quoteIdentifier(column.name));
    const { rows } = isKey
      ? await connection.query<Row>(
          `SELECT ${names.join(', ')} FROM ${tableOf(dataset.name, split)} WHERE ${key} = $1 ORDER BY date_time LIMIT 1 ${lock}`,
          [id],
        )
      : { rows: [] };
    const [row] = rows;
    if (row !== undefined) return row;
    throw new NotFoundProblem(
      'row-not-found',
      `There is no ${split} row with ${key} ${shownValue(id)} in ${dataset.name}.`,
    );
  }
}

/** Conditions of a selection and their values. */
function conditions({ from, to }: RowSelection): { where: string[]; values: unknown[] } {
  const where: string[] = [];
  const values: unknown[] = [];
  if (from !== undefined) where.push(`date_time >= $${values.push(new Date(from))}`);
  if (to !== undefined) where.push(`date_time < $${values.push(new Date(to))}`);
  return { where, values };
}

/** A row's version is its content, so that it needs no column of its own. */
function versioned(row: Row): { row: Row; etag: string } {
  const hash = createHash('sha256').update(JSON.stringify(row)).digest('base64url').slice(0, 16);
  return { row, etag: `"${hash}"` };
}
