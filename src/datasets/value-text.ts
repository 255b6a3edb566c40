import type { DatasetColumn } from './dataset.js';

const MAX_SHOWN_CHARACTERS = 100;
const MAX_SHOWN_CATEGORIES = 10;

/** What a column takes, to be read after "must be". */
export function expectationOf(column: DatasetColumn): string {
  const orNull = column.nullable ? ', or null' : '';
  if (column.type === 'boolean') return `true or false${orNull}`;
  if (column.type === 'category') return `one of ${listOf(column.categories ?? [])}${orNull}`;
  return `${numberExpectation(column)}${orNull}`;
}

function numberExpectation({ minimum, maximum }: DatasetColumn): string {
  if (minimum !== undefined && maximum !== undefined) return `a number from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `a number of at least ${minimum}`;
  return maximum === undefined ? 'a finite number' : `a number of at most ${maximum}`;
}

/** Names in quotation marks; a long list is cut. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_SHOWN_CATEGORIES).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** A value as an error message shows it: short, on one line, and safe for any input, however deep. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') {
    const cut = value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}…` : value;
    return JSON.stringify(cut);
  }
  if (Array.isArray(value)) return `an array of ${value.length} values`;
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
