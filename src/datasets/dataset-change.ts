import { type FieldProblem, InvalidProblem } from '../platform/http/problem.js';
import type { Dataset, DatasetColumn } from './dataset.js';
import { shownValue } from './value-text.js';

/** What may change on one column: stored rows stay valid, so limits only widen. */
export interface ColumnChange {
  name: string;
  description?: string;
  unit?: string;
  /** A lower minimum; null removes it. */
  minimum?: number | null;
  /** A higher maximum; null removes it. */
  maximum?: number | null;
  /** Only to true: missing values are allowed from now on. */
  nullable?: boolean;
  /** Put behind the present ones, so that every category keeps the number a model knows. */
  addCategories?: string[];
}

export interface DatasetChange {
  description?: string;
  /** Features or the target, by name. */
  columns?: ColumnChange[];
  /** New features behind the present ones; they must be nullable, since stored rows have no value. */
  addFeatures?: DatasetColumn[];
}

/** The dataset after a change. Throws InvalidProblem when the change would make stored rows or models invalid. */
export function changeDataset(dataset: Dataset, change: DatasetChange): Dataset {
  const problems: FieldProblem[] = [];
  const after = structuredClone(dataset);
  if (change.description != null) after.description = change.description;
  (change.columns ?? []).forEach((columnChange, index) => {
    const column = [...after.features, after.target].find((candidate) => candidate.name === columnChange.name);
    const pointer = `/columns/${index}`;
    if (column === undefined) {
      const message = `must be the name of a feature or of the target, but is ${shownValue(columnChange.name)}`;
      problems.push({ pointer: `${pointer}/name`, message });
    } else {
      changeColumn(column, columnChange, pointer, problems);
    }
  });
  (change.addFeatures ?? []).forEach((column, index) => {
    if (!column.nullable) {
      const message = 'must be true, but is false: rows stored before have no value';
      problems.push({ pointer: `/addFeatures/${index}/nullable`, message });
    }
    after.features.push(structuredClone(column));
  });
  if (problems.length > 0) {
    throw new InvalidProblem('invalid-dataset-change', `${problems[0]!.pointer} ${problems[0]!.message}`, problems);
  }
  return after;
}

function changeColumn(column: DatasetColumn, change: ColumnChange, pointer: string, problems: FieldProblem[]): void {
  const refuse = (field: string, message: string) => problems.push({ pointer: `${pointer}/${field}`, message });
  if (change.description != null) column.description = change.description;
  if (change.unit != null) column.unit = change.unit;
  if (change.nullable === true) column.nullable = true;
  if (change.nullable === false && column.nullable)
    refuse('nullable', 'must be true, but is false: rows may lack a value');
  widen(column, 'minimum', change.minimum, (next, present) => next <= present, refuse);
  widen(column, 'maximum', change.maximum, (next, present) => next >= present, refuse);
  if (change.addCategories != null) {
    if (column.type === 'category') column.categories = [...(column.categories ?? []), ...change.addCategories];
    else refuse('addCategories', `must be absent: the column is a ${column.type}`);
  }
}

function widen(
  column: DatasetColumn,
  bound: 'minimum' | 'maximum',
  next: number | null | undefined,
  isWider: (next: number, present: number) => boolean,
  refuse: (field: string, message: string) => void,
): void {
  if (next === undefined) return;
  const present = column[bound];
  if (next === null) {
    delete column[bound];
  } else if (present !== undefined && isWider(next, present)) {
    column[bound] = next;
  } else {
    const expectation = present === undefined ? 'absent: there is no such limit' : `no narrower than ${present}`;
    refuse(bound, `must be ${expectation}, but is ${next}: a range only widens`);
  }
}
