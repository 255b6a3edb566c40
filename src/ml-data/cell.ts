import type { Dataset } from '../datasets/dataset.js';
import { TIME_EXPECTATION, timeFromJson, timeFromText } from '../datasets/event-time.js';
import type { StoredColumn } from '../datasets/stored-columns.js';
import { expectationOf, listOf } from '../datasets/value-text.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const MAX_TEXT_CHARACTERS = 200;
const MAX_INTEGER = 2 ** 31 - 1;

/**
 * A typed value of a row: a number (a category as its index, a boolean as 0 or 1, a time as epoch milliseconds), a text,
 * or NaN and null for a missing one. Undefined stands for "not valid".
 */
export type Cell = number | string | null;

/** Checks and types the values of one column, from files (texts) and from JSON. */
export interface CellReader {
  /** How the batch keeps the values: in a Float64Array, or in a list of texts. */
  readonly kind: 'number' | 'text';
  readonly expectation: string;
  /** From a file's cell; an empty one is missing. */
  fromText(text: string): Cell | undefined;
  fromJson(value: unknown): Cell | undefined;
  /** Whether a number of a number column is within its range; true for every other column. */
  allows(value: number): boolean;
}

/** The reader of a stored column's cells. */
export function cellReader(stored: StoredColumn, dataset: Dataset): CellReader {
  if (stored.column !== undefined) {
    const column = stored.nullable ? { ...stored.column, nullable: true } : stored.column;
    const expectation = expectationOf(column);
    if (column.type === 'number') return numberReader(expectation, column.minimum, column.maximum);
    return column.type === 'boolean'
      ? booleanReader(expectation)
      : categoryReader(column.categories ?? [], expectation);
  }
  switch (stored.type) {
    case 'time':
      return timeReader(TIME_EXPECTATION);
    case 'uuid':
      return textReader('a UUID', (text) => (isUuid(text) ? text.toLowerCase() : undefined));
    case 'integer':
      return integerReader();
    case 'number':
      return numberReader('a finite number, or null', undefined, undefined);
    default:
      return stored.part === 'prediction' ? classReader(dataset) : anyTextReader();
  }
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** A number written in digits; NaN when the text is empty, undefined when it is no number. */
export function numberFromText(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return Number.NaN;
  const number = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/**
 * Exports put an apostrophe before a text that a spreadsheet would run as a formula; imports take it away again.
 */
export function withoutFormulaGuard(text: string): string {
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

function numberReader(expectation: string, minimum = -Infinity, maximum = Infinity): CellReader {
  const allows = (value: number) => value >= minimum && value <= maximum;
  const checked = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) || allows(value) ? value : undefined;
  return {
    kind: 'number',
    expectation,
    allows,
    fromText: (text) => checked(numberFromText(text)),
    fromJson: (value) => {
      if (value === null) return Number.NaN;
      return typeof value === 'number' && Number.isFinite(value) ? checked(value) : undefined;
    },
  };
}

function integerReader(): CellReader {
  const whole = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) || (Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER)
      ? value
      : undefined;
  return {
    kind: 'number',
    expectation: `a whole number from 0 to ${MAX_INTEGER}, or null`,
    allows: () => true,
    fromText: (text) => whole(numberFromText(text)),
    fromJson: (value) => (value === null ? Number.NaN : typeof value === 'number' ? whole(value) : undefined),
  };
}

const BOOLEAN_TEXTS = new Map([
  ['', Number.NaN],
  ['true', 1],
  ['t', 1],
  ['1', 1],
  ['false', 0],
  ['f', 0],
  ['0', 0],
]);

function booleanReader(expectation: string): CellReader {
  return {
    kind: 'number',
    expectation,
    allows: () => true,
    fromText: (text) => BOOLEAN_TEXTS.get(text.trim().toLowerCase()),
    fromJson: (value) => {
      if (value === null) return Number.NaN;
      return typeof value === 'boolean' ? Number(value) : undefined;
    },
  };
}

function categoryReader(categories: readonly string[], expectation: string): CellReader {
  const indexes = new Map(categories.map((category, index) => [category, index]));
  return {
    kind: 'number',
    expectation,
    allows: () => true,
    fromText: (text) => {
      const trimmed = text.trim();
      return trimmed === '' ? Number.NaN : (indexes.get(trimmed) ?? indexes.get(withoutFormulaGuard(trimmed)));
    },
    fromJson: (value) => (value === null ? Number.NaN : typeof value === 'string' ? indexes.get(value) : undefined),
  };
}

function timeReader(expectation: string): CellReader {
  const valid = (time: number) => (Number.isNaN(time) ? undefined : time);
  return {
    kind: 'number',
    expectation,
    allows: () => true,
    fromText: (text) => (text.trim() === '' ? Number.NaN : valid(timeFromText(text.trim()))),
    fromJson: (value) => (value === null ? Number.NaN : valid(timeFromJson(value))),
  };
}

/** The prediction of a classification is the name of a class. */
function classReader(dataset: Dataset): CellReader {
  const classes = dataset.target.type === 'boolean' ? ['true', 'false'] : (dataset.target.categories ?? []);
  return textReader(`one of ${listOf(classes)}, or null`, (text) => {
    if (classes.includes(text)) return text;
    const bare = withoutFormulaGuard(text);
    return classes.includes(bare) ? bare : undefined;
  });
}

function anyTextReader(): CellReader {
  return textReader(`a text of at most ${MAX_TEXT_CHARACTERS} printable characters, or null`, (text) => {
    const bare = withoutFormulaGuard(text);
    return bare.length <= MAX_TEXT_CHARACTERS && !/[\p{Cc}\p{Cs}]/u.test(bare) ? bare : undefined;
  });
}

function textReader(expectation: string, read: (text: string) => string | undefined): CellReader {
  return {
    kind: 'text',
    expectation,
    allows: () => true,
    fromText: (text) => (text.trim() === '' ? null : read(text.trim())),
    fromJson: (value) => (value === null ? null : typeof value === 'string' ? read(value) : undefined),
  };
}
