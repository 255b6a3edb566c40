import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { Dataset, DatasetColumn } from '../datasets/dataset.js';
import type { RowSource, SourceRow } from './row-source.js';

/** A file cannot be sent as messages of the dataset. */
export class SourceFileError extends Error {
  readonly code = 'source-file';
}

/** A row by column, or a line that is no such thing and goes out as it is, for the worker to say what is wrong with it. */
type FileRecord = Record<string, unknown> | string;

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * Rows of a CSV file with a header or of an NDJSON file, each also gzipped. Cells are sent as they are: an empty one as
 * null, a text where a number should be as that text, so that the worker says what is wrong with the row and nothing of
 * the file vanishes here.
 */
export class FileSource implements RowSource {
  private readonly records: AsyncIterator<FileRecord>;
  private names: Map<string, string> | undefined;

  /** @param map file column by dataset column, where names differ */
  constructor(
    private readonly dataset: Dataset,
    private readonly path: string,
    private readonly map: ReadonlyMap<string, string>,
  ) {
    this.records = readRecords(path)[Symbol.asyncIterator]();
  }

  /** Passes over the rows that were sent before. */
  async skip(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.records.next();
  }

  async take(count: number): Promise<SourceRow[]> {
    const rows: SourceRow[] = [];
    while (rows.length < count) {
      const next = await this.records.next();
      if (next.done === true) break;
      rows.push(this.toRow(next.value));
    }
    return rows;
  }

  rateFactor(): number {
    return 1;
  }

  state(): unknown {
    return null;
  }

  async close(): Promise<void> {
    await this.records.return?.();
  }

  private toRow(record: FileRecord): SourceRow {
    // The queue keeps any text but one with a NUL.
    if (typeof record === 'string') return { body: record.replaceAll('\0', '\ufffd'), label: null };
    this.names ??= this.resolveNames(Object.keys(record));
    const names = this.names;
    const { dataset } = this;
    const cell = (column: DatasetColumn): unknown => valueOf(column, record[names.get(column.name) ?? '']);
    const timed = dataset.timeColumns.length > 0;
    const content: unknown = timed
      ? Object.fromEntries([
          ...dataset.features.map((column): [string, unknown] => [column.name, cell(column)]),
          ...dataset.timeColumns.map((name): [string, unknown] => [name, timeOf(record[names.get(name) ?? ''])]),
        ])
      : dataset.features.map(cell);
    const label = names.has(dataset.target.name) ? cell(dataset.target) : null;
    return {
      body: JSON.stringify({ [dataset.payloadKey]: content }),
      label: label === null ? null : typeof label === 'string' ? label : JSON.stringify(label),
    };
  }

  /** File column by dataset column: mapped, of the same name, or of the same name in another case. */
  private resolveNames(found: readonly string[]): Map<string, string> {
    const { features, target, timeColumns, name: dataset } = this.dataset;
    const names = new Map<string, string>();
    for (const wanted of [...features.map((column) => column.name), ...timeColumns, target.name]) {
      const mapped = this.map.get(wanted) ?? wanted;
      const match =
        found.find((name) => name === mapped) ?? found.find((name) => name.toLowerCase() === mapped.toLowerCase());
      if (match !== undefined) names.set(wanted, match);
      else if (wanted !== target.name) {
        throw new SourceFileError(
          `${this.path} must have the column "${mapped}" for dataset "${dataset}"; it has ${found.join(', ')}. ` +
            'Use --source-map "dataset_column=file column,…" where names differ.',
        );
      }
    }
    return names;
  }
}

/** A cell as a message's value: typed where it fits the column, as it is where it does not. */
function valueOf(column: DatasetColumn, cell: unknown): unknown {
  if (cell === undefined || cell === null || cell === '') return null;
  if (typeof cell !== 'string') return cell;
  if (column.type === 'number') return NUMBER.test(cell) ? Number(cell) : cell;
  if (column.type === 'boolean' && /^(true|1)$/i.test(cell)) return true;
  if (column.type === 'boolean' && /^(false|0)$/i.test(cell)) return false;
  return cell;
}

function timeOf(cell: unknown): unknown {
  return typeof cell === 'string' && NUMBER.test(cell) ? Number(cell) : cell;
}

async function* readRecords(path: string): AsyncGenerator<FileRecord> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => bytes.destroy(error));
  try {
    if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path)) {
      for await (const line of createInterface({ input: bytes, crlfDelay: Infinity })) {
        if (line.trim() !== '') yield fromLine(line);
      }
    } else {
      const parser = bytes.pipe(
        parse({
          columns: true,
          bom: true,
          skip_empty_lines: true,
          relax_column_count: true,
          relax_quotes: true,
          delimiter: [',', ';', '\t'],
        }),
      );
      bytes.on('error', (error: Error) => parser.destroy(error));
      for await (const record of parser) yield record as FileRecord;
    }
  } finally {
    file.destroy();
  }
}

function fromLine(line: string): FileRecord {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? (record as FileRecord) : line;
  } catch {
    return line;
  }
}
