import type { Dataset, DatasetColumn } from '../datasets/dataset.js';
import { TIME_EXPECTATION, timeFromJson } from '../datasets/event-time.js';
import { listOf } from '../datasets/value-text.js';
import { type FieldProblem, InvalidProblem } from '../platform/http/problem.js';
import { type CellReader, cellReader, isUuid } from './cell.js';
import type { Label } from './labelling.js';
import { MAX_ROWS_PER_REQUEST } from './named-rows.js';
import { RowProblem } from './row-problem.js';

/** A label, and which production row it is for: that of a job, or those at a time. */
export type LabelEntry = { readonly label: Label } & (
  { readonly jobId: string; readonly time?: undefined } | { readonly jobId?: undefined; readonly time: number }
);

const KEYS = ['job_id', 'date_time', 'label'];
const MAX_PROBLEMS = 20;

/** The checked entries of a request; throws InvalidProblem naming every wrong one. */
export function readLabelEntries(dataset: Dataset, body: unknown): LabelEntry[] {
  const list = Array.isArray(body) ? (body as unknown[]) : [body];
  if (list.length < 1 || list.length > MAX_ROWS_PER_REQUEST) {
    const message = `must be a list of 1 to ${MAX_ROWS_PER_REQUEST} labels, but is a list of ${list.length}`;
    throw new InvalidProblem('invalid-labels', `The labels ${message}.`, [{ pointer: '', message }]);
  }
  const reader = labelReader(dataset);
  const problems: FieldProblem[] = [];
  const entries: LabelEntry[] = [];
  list.forEach((item, index) => {
    const entry = readEntry(dataset.target, reader, item);
    if (entry instanceof RowProblem) problems.push({ pointer: `/${index}/${entry.field}`, message: entry.message });
    else entries.push(entry);
  });
  if (problems.length === 0) return entries;
  const [first] = problems;
  throw new InvalidProblem('invalid-labels', `${first!.pointer} ${first!.message}`, problems.slice(0, MAX_PROBLEMS));
}

/** Reads labels of a dataset, which are never missing. */
export function labelReader(dataset: Dataset): CellReader {
  const { target } = dataset;
  return cellReader({ name: target.name, type: target.type, nullable: false, part: 'target', column: target }, dataset);
}

/** The label behind a cell: a category by its name, a boolean as one. */
export function labelOf(target: DatasetColumn, cell: number): Label {
  if (target.type === 'category') return target.categories![cell]!;
  return target.type === 'boolean' ? cell === 1 : cell;
}

function readEntry(target: DatasetColumn, reader: CellReader, item: unknown): LabelEntry | RowProblem {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return new RowProblem('', 'an object with label and either job_id or date_time', item);
  }
  const values = item as Record<string, unknown>;
  const unknown = Object.keys(values).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return new RowProblem(unknown, `absent: the keys are ${listOf(KEYS)}`, values[unknown]);
  const cell = reader.fromJson(values['label']);
  if (typeof cell !== 'number' || Number.isNaN(cell))
    return new RowProblem('label', reader.expectation, values['label']);
  const label = labelOf(target, cell);
  const { job_id: jobId, date_time: dateTime } = values;
  if ((jobId === undefined) === (dateTime === undefined)) {
    return new RowProblem('job_id', 'given, or date_time in its place', jobId);
  }
  if (jobId !== undefined) {
    return isUuid(jobId) ? { label, jobId: jobId.toLowerCase() } : new RowProblem('job_id', 'a UUID', jobId);
  }
  const time = timeFromJson(dateTime);
  return Number.isNaN(time) ? new RowProblem('date_time', TIME_EXPECTATION, dateTime) : { label, time };
}
