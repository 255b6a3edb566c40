import type { Dataset, Split } from '../datasets/dataset.js';
import { TIME_EXPECTATION, timeFromText } from '../datasets/event-time.js';
import { type StoredColumn, storedColumns } from '../datasets/stored-columns.js';
import { listOf, shownValue } from '../datasets/value-text.js';
import { InvalidProblem } from '../platform/http/problem.js';

/** Which part of a split is asked for. */
export interface RowSelection {
  readonly columns: readonly StoredColumn[];
  /** First time, in epoch milliseconds. */
  readonly from: number | undefined;
  /** The time before which rows end. */
  readonly to: number | undefined;
}

/** Reads `columns`, `from` and `to` of a request; throws InvalidProblem naming the parameter. */
export function selectRows(
  dataset: Dataset,
  split: Split,
  query: { columns?: string; from?: string; to?: string },
): RowSelection {
  return {
    columns: selectColumns(dataset, split, query.columns),
    from: time('from', query.from),
    to: time('to', query.to),
  };
}

function selectColumns(dataset: Dataset, split: Split, names: string | undefined): StoredColumn[] {
  const stored = storedColumns(dataset, split);
  if (names === undefined || names.trim() === '') return stored;
  const wanted = new Set(names.split(',').map((name) => name.trim()));
  return [...wanted].map((name) => {
    const column = stored.find((candidate) => candidate.name === name);
    if (column !== undefined) return column;
    const message = `must name columns of ${split} (${listOf(stored.map((known) => known.name))}), but names ${shownValue(name)}`;
    throw new InvalidProblem('unknown-column', `columns ${message}.`, [{ pointer: 'columns', message }]);
  });
}

function time(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  // A plus sign of a time zone arrives as a blank unless it was escaped.
  const time = timeFromText(text.replace(/ (?=\d\d:?\d\d$)/, '+'));
  if (!Number.isNaN(time)) return time;
  const message = `must be ${TIME_EXPECTATION}, but is ${shownValue(text)}`;
  throw new InvalidProblem('invalid-time', `${name} ${message}.`, [{ pointer: name, message }]);
}
