import type { Dataset } from '../datasets/dataset.js';
import { listOf, shownValue } from '../datasets/value-text.js';
import { InvalidProblem } from '../platform/http/problem.js';
import type { WritableColumn } from './row-batch.js';

/** How the columns of a file belong to those of a split. */
export interface ImportOptions {
  /** File column by dataset column, where the names differ. */
  readonly map: ReadonlyMap<string, string>;
  /** Columns of the file that hold the event time, in place of the dataset's; `now`: the time of the import. */
  readonly timeFrom: readonly string[] | undefined;
}

/** What to do with each column of a file. */
export interface ImportPlan {
  /** Per column of the file: where its cells go; null: nowhere. */
  readonly targets: readonly (WritableColumn | null)[];
  /** Per column of the file: which part of the event time it is; -1: none. */
  readonly timeParts: readonly number[];
  /** Names of the file's columns that are the parts of the event time; empty: one column, or the time of the import. */
  readonly timeNames: readonly string[];
  readonly used: readonly { column: string; from: string }[];
  readonly ignored: readonly string[];
}

/**
 * Finds the file's column for every column of the split: the mapped name, the same name, or the same name in another
 * case. Throws InvalidProblem when a column that rows must have is missing, or a mapping names nothing.
 */
export function planImport(
  dataset: Dataset,
  columns: readonly WritableColumn[],
  header: readonly string[],
  options: ImportOptions,
): ImportPlan {
  for (const [name, from] of options.map) {
    if (!columns.some((column) => column.name === name)) {
      const known = listOf(columns.map((column) => column.name));
      throw refused(`map must name columns of the dataset (${known}), but names ${shownValue(name)}.`, 'map');
    }
    if (!header.includes(from))
      throw refused(`map must name columns of the file (${listOf(header)}), but names ${shownValue(from)}.`, 'map');
  }
  const targets: (WritableColumn | null)[] = header.map(() => null);
  const timeParts = header.map(() => -1);
  const timeNames = findTime(dataset, header, options);
  timeNames.forEach((name, part) => {
    timeParts[only(header, name)!] = part;
  });
  const isPartwise = timeNames.length > 1;
  const missing: string[] = [];
  for (const column of columns) {
    if (column.name === 'date_time') {
      if (timeNames.length === 1) targets[only(header, timeNames[0]!)!] = column;
      continue;
    }
    const at = find(header, options.map.get(column.name) ?? column.name);
    if (at !== undefined) targets[at] = column;
    else if (!column.nullable && column.name !== 'job_id') missing.push(column.name);
  }
  if (missing.length > 0) {
    throw refused(
      `The file must have a column for ${listOf(missing)}; it has ${listOf(header)}. Use map= where names differ.`,
      'map',
    );
  }
  const used = header.flatMap((from, index) => {
    const column = targets[index]?.name ?? (timeParts[index]! >= 0 ? 'date_time' : undefined);
    return column === undefined ? [] : [{ column, from }];
  });
  return {
    targets,
    timeParts: isPartwise ? timeParts : header.map(() => -1),
    timeNames: isPartwise ? timeNames : [],
    used,
    ignored: header.filter((_, index) => targets[index] == null && timeParts[index]! < 0),
  };
}

function findTime(dataset: Dataset, header: readonly string[], { map, timeFrom }: ImportOptions): string[] {
  if (timeFrom !== undefined) {
    if (timeFrom.length === 1 && timeFrom[0] === 'now') return [];
    const count = timeFrom.length;
    const at = timeFrom.map((name) => find(header, name));
    if (!(count === 1 || (count >= 4 && count <= 6)) || at.includes(undefined)) {
      throw refused(
        `timeFrom must name one column of the file or four to six of (${listOf(header)}), but is ${shownValue(timeFrom.join(','))}.`,
        'timeFrom',
      );
    }
    return at.map((index) => header[index!]!);
  }
  const own = dataset.timeColumns.map((name) => find(header, name));
  if (own.length > 0 && !own.includes(undefined)) return own.map((index) => header[index!]!);
  const dateTime = find(header, map.get('date_time') ?? 'date_time');
  if (dateTime !== undefined) return [header[dateTime]!];
  if (own.length === 0) return [];
  const names = listOf(dataset.timeColumns);
  throw refused(
    `The file must have the time columns ${names}, or date_time. Use timeFrom= to name others, or timeFrom=now.`,
    'timeFrom',
  );
}

/** Position of a name in the header; the case may differ when that leaves no doubt. */
function find(header: readonly string[], name: string): number | undefined {
  const exact = only(header, name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  const alike = header.flatMap((candidate, index) => (candidate.toLowerCase() === lower ? [index] : []));
  return alike.length === 1 ? alike[0] : undefined;
}

function only(header: readonly string[], name: string): number | undefined {
  const first = header.indexOf(name);
  if (first < 0) return undefined;
  if (header.indexOf(name, first + 1) >= 0)
    throw refused(`The file must have one column ${shownValue(name)}, but has several.`, 'map');
  return first;
}

function refused(message: string, pointer: string): InvalidProblem {
  return new InvalidProblem('import-refused', `${message} Nothing was stored.`, [{ pointer, message }]);
}
