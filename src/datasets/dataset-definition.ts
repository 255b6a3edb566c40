import { type FieldProblem, InvalidProblem } from '../platform/http/problem.js';
import { COLUMN_TYPES, type Dataset, type DatasetColumn, TASKS } from './dataset.js';
import { RESERVED_NAMES } from './stored-columns.js';
import { shownValue } from './value-text.js';

const DATASET_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,54}$/;
const PAYLOAD_KEY = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;

export const MAX_CATEGORIES = 1000;
export const MAX_CATEGORY_CHARACTERS = 200;
const MAX_DESCRIPTION_CHARACTERS = 2000;
const MAX_UNIT_CHARACTERS = 40;
/** A row must fit on a page of 8 KiB of PostgreSQL; some of it is taken by headers and the columns beside the features. */
const MAX_ROW_BYTES = 7800;
// Control characters and lone halves of surrogate pairs: PostgreSQL refuses some, and a person sees none of them.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Throws InvalidProblem with every problem of a definition, each naming the field, what it must be, and what it is. */
export function checkDefinition(dataset: Dataset, maxColumns: number): void {
  const problems = definitionProblems(dataset, maxColumns);
  if (problems.length === 0) return;
  const first = problems[0]!;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new InvalidProblem('invalid-dataset', `${first.pointer} ${first.message}${more}`, problems);
}

/** Every problem of a definition; empty when it is good. */
export function definitionProblems(dataset: Dataset, maxColumns: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const expect = (holds: boolean, pointer: string, expectation: string, value: unknown) => {
    if (!holds) problems.push({ pointer, message: `must be ${expectation}, but is ${shownValue(value)}` });
  };
  expect(
    DATASET_NAME.test(dataset.name),
    '/name',
    '1 to 40 lower-case letters, digits and underscores, the first a letter',
    dataset.name,
  );
  expectText(expect, '/description', dataset.description, MAX_DESCRIPTION_CHARACTERS);
  expect(TASKS.includes(dataset.task), '/task', `one of ${TASKS.join(', ')}`, dataset.task);
  const count = dataset.features.length;
  expect(count >= 1 && count <= maxColumns, '/features', `a list of 1 to ${maxColumns} columns`, dataset.features);
  if (count > maxColumns) return problems;
  const names = new Set<string>();
  dataset.features.forEach((column, index) => checkColumn(expect, `/features/${index}`, column, names));
  checkColumn(expect, '/target', dataset.target, names);
  checkTarget(expect, dataset);
  checkTimeColumns(expect, dataset, names);
  expect(
    PAYLOAD_KEY.test(dataset.payloadKey) && dataset.payloadKey !== '__proto__',
    '/payloadKey',
    '1 to 100 letters, digits, dots, hyphens and underscores, the first a letter or an underscore',
    dataset.payloadKey,
  );
  const bytes = dataset.features.reduce((sum, column) => sum + (column.type === 'category' ? 18 : 8), 0);
  expect(bytes <= MAX_ROW_BYTES, '/features', `columns that fit ${MAX_ROW_BYTES} bytes a row`, bytes);
  return problems;
}

type Expect = (holds: boolean, pointer: string, expectation: string, value: unknown) => void;

function checkColumn(expect: Expect, pointer: string, column: DatasetColumn, names: Set<string>): void {
  const lower = String(column.name).toLowerCase();
  expect(
    COLUMN_NAME.test(column.name),
    `${pointer}/name`,
    '1 to 55 letters, digits and underscores, the first no digit',
    column.name,
  );
  expect(!RESERVED_NAMES.has(lower), `${pointer}/name`, 'a name that is not reserved', column.name);
  expect(!names.has(lower), `${pointer}/name`, 'unique among features and target, whatever the case', column.name);
  names.add(lower);
  expect(COLUMN_TYPES.includes(column.type), `${pointer}/type`, `one of ${COLUMN_TYPES.join(', ')}`, column.type);
  expect(typeof column.nullable === 'boolean', `${pointer}/nullable`, 'true or false', column.nullable);
  expectText(expect, `${pointer}/unit`, column.unit ?? '', MAX_UNIT_CHARACTERS);
  expectText(expect, `${pointer}/description`, column.description ?? '', MAX_DESCRIPTION_CHARACTERS);
  checkRange(expect, pointer, column);
  checkCategories(expect, pointer, column);
}

function checkRange(expect: Expect, pointer: string, { type, minimum, maximum }: DatasetColumn): void {
  for (const [name, bound] of [
    ['minimum', minimum],
    ['maximum', maximum],
  ] as const) {
    if (bound === undefined) continue;
    expect(type === 'number', `${pointer}/${name}`, 'absent: only a number has a range', bound);
    expect(Number.isFinite(bound), `${pointer}/${name}`, 'a finite number', bound);
  }
  if (minimum === undefined || maximum === undefined) return;
  expect(minimum <= maximum, `${pointer}/maximum`, `at least the minimum ${minimum}`, maximum);
}

function checkCategories(expect: Expect, pointer: string, { type, categories }: DatasetColumn): void {
  if (type !== 'category') {
    expect(categories === undefined, `${pointer}/categories`, 'absent: only a category has them', categories);
    return;
  }
  const list = Array.isArray(categories) ? categories : [];
  const counted = list.length >= 1 && list.length <= MAX_CATEGORIES;
  expect(counted, `${pointer}/categories`, `a list of 1 to ${MAX_CATEGORIES} texts`, categories);
  if (!counted) return;
  list.forEach((category, index) => {
    const good =
      typeof category === 'string' &&
      category.length >= 1 &&
      category.length <= MAX_CATEGORY_CHARACTERS &&
      category.trim() === category &&
      !UNPRINTABLE.test(category);
    const expectation = `a text of 1 to ${MAX_CATEGORY_CHARACTERS} printable characters with no blanks around it`;
    expect(good, `${pointer}/categories/${index}`, expectation, category);
  });
  expect(new Set(list).size === list.length, `${pointer}/categories`, 'a list without repeated texts', list);
}

function checkTarget(expect: Expect, { task, target }: Dataset): void {
  if (task === 'regression') {
    expect(target.type === 'number', '/target/type', 'number, for a regression', target.type);
  } else {
    expect(target.type !== 'number', '/target/type', 'category or boolean, for a classification', target.type);
  }
  expect(!target.nullable, '/target/nullable', 'false: only a production row waits for its label', target.nullable);
}

function checkTimeColumns(expect: Expect, { timeColumns }: Dataset, names: ReadonlySet<string>): void {
  const count = timeColumns.length;
  expect(
    count <= 1 || (count >= 4 && count <= 6),
    '/timeColumns',
    'no column, one column, or four to six (year, month, day, hour, minute, second)',
    timeColumns,
  );
  const seen = new Set<string>();
  timeColumns.forEach((name, index) => {
    const pointer = `/timeColumns/${index}`;
    const lower = String(name).toLowerCase();
    expect(COLUMN_NAME.test(name), pointer, '1 to 55 letters, digits and underscores, the first no digit', name);
    expect(lower === 'date_time' || !RESERVED_NAMES.has(lower), pointer, 'a name that is not reserved', name);
    expect(!names.has(lower) && !seen.has(lower), pointer, 'unique, and neither a feature nor the target', name);
    seen.add(lower);
  });
}

function expectText(expect: Expect, pointer: string, text: string, maxCharacters: number): void {
  const good = typeof text === 'string' && text.length <= maxCharacters && !/[\p{Cs}\0]/u.test(text);
  expect(good, pointer, `a text of at most ${maxCharacters} characters`, text);
}
