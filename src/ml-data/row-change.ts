import type { Dataset, Split } from '../datasets/dataset.js';
import { listOf } from '../datasets/value-text.js';
import { type FieldProblem, InvalidProblem } from '../platform/http/problem.js';
import { writableColumns } from './row-batch.js';
import { RowProblem } from './row-problem.js';

/**
 * The new values of a row by column, as PostgreSQL takes them. A production row is the record of what was scored: only
 * its label may change. Throws InvalidProblem naming every wrong field.
 */
export function readChange(dataset: Dataset, split: Split, body: unknown): Map<string, unknown> {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const values = isObject ? (body as Record<string, unknown>) : {};
  const names = Object.keys(values);
  const changeable = writableColumns(dataset, split).filter(
    ({ part }) => part === 'target' || (part === 'feature' && split !== 'production'),
  );
  const known = listOf(changeable.map((column) => column.name));
  const problems: FieldProblem[] = [];
  const changes = new Map<string, unknown>();
  for (const name of names) {
    const column = changeable.find((candidate) => candidate.name === name);
    const cell = column?.reader.fromJson(values[name]);
    const isNull = values[name] === null;
    if (column === undefined || cell === undefined || (isNull && !column.nullable)) {
      const expectation = column?.reader.expectation ?? `absent: what may change is ${known}`;
      problems.push({ pointer: `/${name}`, message: new RowProblem(name, expectation, values[name]).message });
    } else {
      changes.set(name, values[name]);
    }
  }
  if (problems.length === 0 && changes.size === 0) {
    problems.push({
      pointer: '',
      message: new RowProblem('', `an object with at least one of ${known}`, body).message,
    });
  }
  if (problems.length === 0) return changes;
  throw new InvalidProblem('invalid-row', `${problems[0]!.pointer} ${problems[0]!.message}`, problems);
}
