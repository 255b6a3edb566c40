import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import type { Dataset, Split } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import { InvalidProblem, TooLargeProblem } from '../platform/http/problem.js';
import { Postgres, type PostgresConnection } from '../platform/postgres/postgres.js';
import { CopyIn } from './copy-in.js';
import { CsvReader } from './csv-reader.js';
import type { ImportOptions } from './import-columns.js';
import { type ImportProblem, ImportRows } from './import-rows.js';
import { plainBytes } from './plain-bytes.js';
import { NdjsonReader } from './ndjson-reader.js';
import { RowBatch } from './row-batch.js';
import { countRows } from './row-counter.js';
import { Transfers } from './transfers.js';

export type FileFormat = 'csv' | 'ndjson';

export interface ImportRequest extends ImportOptions {
  readonly format: FileFormat;
  /** `skip`: bad rows are left out and reported. `abort`: the first one undoes the import. */
  readonly onError: 'skip' | 'abort';
}

export interface ImportResult {
  /** Rows that were stored. */
  rows: number;
  /** Good rows that were there already: same job and time. */
  duplicates: number;
  /** Bad rows. */
  skipped: number;
  /** The first bad rows. */
  problems: ImportProblem[];
  columns: { used: { column: string; from: string }[]; ignored: string[] };
  seconds: number;
}

const BATCH_ROWS = 1024;
const STAGING = 'pg_temp.import_rows';

/** Reads files into the rows of a split: a stream in, one transaction, memory for a few batches. */
@Injectable()
export class ImportService {
  constructor(
    private readonly postgres: Postgres,
    private readonly environment: Environment,
    private readonly transfers: Transfers,
  ) {}

  /** Imports a file. Throws InvalidProblem or TooLargeProblem with nothing stored. */
  async import(dataset: Dataset, split: Split, file: Readable, request: ImportRequest): Promise<ImportResult> {
    const started = performance.now();
    let end: (() => void) | undefined;
    try {
      end = this.transfers.begin();
      const result = await this.postgres.transaction((connection) =>
        this.copy(connection, dataset, split, file, request),
      );
      return { ...result, seconds: Math.round(performance.now() - started) / 1000 };
    } finally {
      end?.();
      // What is left of the file is read and forgotten, so that its sender gets to read the answer.
      file.resume();
    }
  }

  private async copy(
    connection: PostgresConnection,
    dataset: Dataset,
    split: Split,
    file: Readable,
    request: ImportRequest,
  ) {
    const batch = new RowBatch(dataset, split, BATCH_ROWS, Date.now());
    const rows = new ImportRows(dataset, batch, request, () => open().flush());
    let staged = true;
    let copy: CopyIn | undefined;
    const open = () => {
      if (copy !== undefined) return copy;
      // Rows without job ids cannot collide with any that are there: they need no staging. A CSV file shows it in its header.
      const mayHaveJobs = request.format === 'ndjson' || rows.columns.used.some(({ column }) => column === 'job_id');
      staged = split === 'production' || mayHaveJobs;
      copy = new CopyIn(connection, staged ? STAGING : tableOf(dataset.name, split), batch);
      return copy;
    };
    await createStaging(connection, dataset, split, batch);
    try {
      await this.read(file, request, rows, async () => copy?.drained());
      const read = await open().end();
      const stored = staged ? await moveStaged(connection, dataset, split, batch) : { rows: read, labelled: 0 };
      await countRows(connection, dataset.name, split, stored.rows);
      if (split === 'production') await countRows(connection, dataset.name, 'labelled', stored.labelled);
      const { skipped, problems, columns } = rows;
      return { rows: stored.rows, duplicates: read - stored.rows, skipped, problems, columns };
    } catch (error) {
      await copy?.abort();
      throw error;
    }
  }

  private async read(
    file: Readable,
    request: ImportRequest,
    rows: ImportRows,
    drained: () => Promise<void>,
  ): Promise<void> {
    const reader = request.format === 'csv' ? new CsvReader(rows) : new NdjsonReader(rows);
    let bytes = 0;
    for await (const chunk of plainBytes(file)) {
      bytes += chunk.length;
      if (bytes > this.environment.maxImportBytes) throw this.tooLarge();
      await reader.write(chunk);
      if (request.onError === 'abort' && rows.skipped > 0) throw aborted(rows);
      await drained();
    }
    await reader.end();
    if (request.onError === 'abort' && rows.skipped > 0) throw aborted(rows);
  }

  private tooLarge(): TooLargeProblem {
    const limit = this.environment.maxImportBytes;
    return new TooLargeProblem(
      'file-too-large',
      `A file must have at most ${limit} bytes (GITS_MAX_IMPORT_BYTES). Nothing was stored.`,
    );
  }
}

function aborted(rows: ImportRows): InvalidProblem {
  const { line, field, expectation, value } = rows.problems[0]!;
  return new InvalidProblem(
    'import-refused',
    `Line ${line}: ${field} must be ${expectation}, but is ${value}. Nothing was stored.`,
    rows.problems.map((problem) => ({
      pointer: `/${problem.line}/${problem.field}`,
      message: `must be ${problem.expectation}, but is ${problem.value}`,
    })),
  );
}

/** A table for the time of the transaction, for rows that may collide with others. */
async function createStaging(
  connection: PostgresConnection,
  dataset: Dataset,
  split: Split,
  batch: RowBatch,
): Promise<void> {
  await connection.query(
    `CREATE TEMP TABLE import_rows ON COMMIT DROP AS
     SELECT ${columnList(batch)} FROM ${tableOf(dataset.name, split)} WITH NO DATA`,
  );
}

async function moveStaged(connection: PostgresConnection, dataset: Dataset, split: Split, batch: RowBatch) {
  const columns = columnList(batch);
  const { rows } = await connection.query<{ rows: number; labelled: number }>(
    `WITH added AS (
       INSERT INTO ${tableOf(dataset.name, split)} (${columns}) SELECT ${columns} FROM ${STAGING}
       ON CONFLICT DO NOTHING RETURNING ${quoteIdentifier(dataset.target.name)} IS NOT NULL AS labelled
     ) SELECT count(*) AS rows, count(*) FILTER (WHERE labelled) AS labelled FROM added`,
  );
  return rows[0]!;
}

function columnList(batch: RowBatch): string {
  return batch.columns.map((column) => quoteIdentifier(column.name)).join(', ');
}
