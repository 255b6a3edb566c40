import { type Readable, finished } from 'node:stream';
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { to } from 'pg-copy-streams';
import type { Dataset, Split } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { type StoredColumn, keyColumn } from '../datasets/stored-columns.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import { Postgres, connectionOptions } from '../platform/postgres/postgres.js';
import type { FileFormat } from './import.service.js';
import type { RowSelection } from './row-selection.js';
import { Transfers } from './transfers.js';

/** Writes the rows of a split as a file, as fast as its reader takes it and no faster. */
@Injectable()
export class ExportService {
  constructor(
    private readonly postgres: Postgres,
    private readonly transfers: Transfers,
  ) {}

  /**
   * The rows by time, in UTF-8. In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it;
   * imports take it away again. Destroying the stream ends the export.
   */
  async export(dataset: Dataset, split: Split, selection: RowSelection, format: FileFormat): Promise<Readable> {
    const end = this.transfers.begin();
    // A connection of its own: one whose reader went away in the middle of a COPY is good for nothing but closing.
    const client = new pg.Client(connectionOptions(this.postgres.url, 'gits export'));
    client.on('error', () => undefined);
    try {
      await client.connect();
      const stream = client.query(to(copyStatement(dataset, split, selection, format)));
      finished(stream, () => {
        end();
        client.end().catch(() => undefined);
      });
      return stream;
    } catch (error) {
      end();
      client.end().catch(() => undefined);
      throw error;
    }
  }
}

function copyStatement(
  dataset: Dataset,
  split: Split,
  { columns, from, to: until }: RowSelection,
  format: FileFormat,
): string {
  const expressions = columns
    .map((column) => `${expressionOf(column, format)} AS ${quoteIdentifier(column.name)}`)
    .join(', ');
  // COPY takes no parameters; these texts are made from checked numbers.
  const conditions = [
    ...(from === undefined ? [] : [`date_time >= '${new Date(from).toISOString()}'`]),
    ...(until === undefined ? [] : [`date_time < '${new Date(until).toISOString()}'`]),
  ];
  const rows = `SELECT ${expressions} FROM ${tableOf(dataset.name, split)} AS t
    ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY t.date_time, t.${keyColumn(split)}`;
  if (format === 'csv') return `COPY (${rows}) TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')`;
  // JSON holds neither of these two control characters, so its lines come out as they are.
  return `COPY (SELECT row_to_json(r) FROM (${rows}) AS r) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ENCODING 'UTF8')`;
}

function expressionOf(column: StoredColumn, format: FileFormat): string {
  const name = `t.${quoteIdentifier(column.name)}`;
  if (column.type === 'time') return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  if (format === 'ndjson') return name;
  if (column.type === 'boolean') return `${name}::text`;
  if (column.type !== 'category' && column.type !== 'text') return name;
  return `CASE WHEN ${name} ~ '^[-=+@\\t\\r]' THEN '''' || ${name} ELSE ${name} END`;
}
