import type { Dataset } from '../datasets/dataset.js';
import { type ImportOptions, type ImportPlan, planImport } from './import-columns.js';
import { NOT_A_NUMBER, numberFromBytes } from './number-bytes.js';
import type { RecordHandler } from './record-handler.js';
import type { RowBatch, WritableColumn } from './row-batch.js';
import { shownValue } from '../datasets/value-text.js';

/** A row of a file that was not stored. */
export interface ImportProblem {
  line: number;
  field: string;
  expectation: string;
  value: string;
}

export const MAX_REPORTED_PROBLEMS = 20;
const MAX_REPORTED_COLUMNS = 100;
const LINE = 'line';

/** Turns the records of a file into rows of a batch, and takes account of those that cannot be. */
export class ImportRows implements RecordHandler {
  skipped = 0;
  readonly problems: ImportProblem[] = [];
  private plan: ImportPlan | undefined;
  private readonly timeParts = new Float64Array(6);
  private timePartProblem = false;
  /** Dataset columns by the name in a JSON record, found once per name; null: ignored. */
  private readonly jsonColumns = new Map<string, WritableColumn | number | null>();
  private readonly usedNames = new Map<string, string>();

  constructor(
    private readonly dataset: Dataset,
    private readonly batch: RowBatch,
    private readonly options: ImportOptions,
    /** Takes the rows of the full batch away. */
    private readonly flush: () => void,
  ) {
    batch.timeIsRequired = dataset.timeColumns.length > 0 && options.timeFrom?.[0] !== 'now';
  }

  /** Which columns were read, and which were not. */
  get columns() {
    const used = this.plan?.used ?? [...this.usedNames].map(([from, column]) => ({ column, from }));
    const ignored =
      this.plan?.ignored ?? [...this.jsonColumns].flatMap(([name, column]) => (column === null ? [name] : []));
    return { used: [...used], ignored: ignored.slice(0, MAX_REPORTED_COLUMNS) };
  }

  header(names: readonly string[]): void {
    this.plan = planImport(this.dataset, this.batch.columns, names, this.options);
    this.batch.timeIsRequired = this.plan.used.some(({ column }) => column === 'date_time');
  }

  bytesField(index: number, bytes: Buffer, start: number, end: number): void {
    const target = this.plan!.targets[index];
    if (target?.type === 'number') {
      const number = numberFromBytes(bytes, start, end);
      if (number !== number) return;
      if (number !== NOT_A_NUMBER && this.batch.setNumber(target, number)) return;
      this.batch.fail(target.name, target.reader.expectation, bytes.toString('utf8', start, end));
    } else if (target != null) {
      this.batch.setText(target, bytes.toString('utf8', start, end));
    }
    const part = this.plan!.timeParts[index] ?? -1;
    if (part >= 0) this.setTimePart(part, numberFromBytes(bytes, start, end), () => bytes.toString('utf8', start, end));
  }

  textField(index: number, text: string): void {
    const target = this.plan!.targets[index];
    if (target != null) this.batch.setText(target, text);
    const part = this.plan!.timeParts[index] ?? -1;
    if (part < 0) return;
    const bytes = Buffer.from(text);
    this.setTimePart(part, numberFromBytes(bytes, 0, bytes.length), () => text);
  }

  jsonRecord(value: unknown): void {
    const record = value as Record<string, unknown>;
    this.timeParts.fill(Number.NaN);
    let parts = 0;
    for (const name of Object.keys(record)) {
      const target = this.jsonColumn(name);
      if (target === null) continue;
      if (typeof target === 'number') {
        const part = record[name];
        this.setTimePart(target, typeof part === 'number' ? part : NOT_A_NUMBER, () => part);
        parts += 1;
      } else {
        this.batch.setJson(target, record[name]);
      }
    }
    if (parts > 0) this.setTime(this.jsonTimeNames());
  }

  endRecord(line: number, fields: number): void {
    if (this.plan !== undefined) {
      const expected = this.plan.targets.length;
      if (fields !== expected) this.batch.fail(LINE, `a line of ${expected} fields`, `${fields} fields`);
      if (this.plan.timeNames.length > 0) this.setTime(this.plan.timeNames);
    }
    this.timePartProblem = false;
    const problem = this.batch.finish();
    if (problem !== undefined) this.report(line, problem.field, problem.expectation, problem.value);
    if (this.batch.full) this.flush();
  }

  badRecord(line: number, expectation: string, value: string): void {
    this.report(line, LINE, expectation, value);
  }

  private report(line: number, field: string, expectation: string, value: unknown): void {
    this.skipped += 1;
    if (this.problems.length < MAX_REPORTED_PROBLEMS) {
      this.problems.push({ line, field, expectation, value: shownValue(value) });
    }
  }

  private setTimePart(part: number, number: number, found: () => unknown): void {
    this.timeParts[part] = number;
    if (Number.isFinite(number)) return;
    this.timePartProblem = true;
    const name = this.plan?.timeNames[part] ?? this.jsonTimeNames()[part] ?? 'date_time';
    this.batch.fail(name, 'a number, a part of the time in UTC', found());
  }

  private setTime(names: readonly string[]): void {
    if (!this.timePartProblem) this.batch.setTimeParts(this.timeParts, names);
  }

  /** The names of the parts of the time in a JSON record. */
  private jsonTimeNames(): readonly string[] {
    return this.options.timeFrom ?? this.dataset.timeColumns;
  }

  private jsonColumn(name: string): WritableColumn | number | null {
    const known = this.jsonColumns.get(name);
    if (known !== undefined) return known;
    const found = this.findJsonColumn(name);
    // A file may have a new name in every line: remember as many as are reported.
    if (found !== null || this.jsonColumns.size < this.batch.columns.length + MAX_REPORTED_COLUMNS) {
      this.jsonColumns.set(name, found);
      if (found !== null) this.usedNames.set(name, typeof found === 'number' ? 'date_time' : found.name);
    }
    return found;
  }

  private findJsonColumn(name: string): WritableColumn | number | null {
    const timeNames = this.jsonTimeNames();
    const part = timeNames.indexOf(name);
    if (part >= 0) return timeNames.length === 1 ? this.batch.column('date_time')! : part;
    for (const [column, from] of this.options.map) if (from === name) return this.batch.column(column) ?? null;
    const target = this.batch.column(name) ?? this.columnInAnyCase(name);
    // A column that is mapped to another name of the file, or a time that is taken from elsewhere.
    if (target === undefined || this.options.map.has(target.name)) return null;
    return target.name === 'date_time' && this.options.timeFrom !== undefined ? null : target;
  }

  private columnInAnyCase(name: string): WritableColumn | undefined {
    const lower = name.toLowerCase();
    return this.batch.columns.find((column) => column.name.toLowerCase() === lower);
  }
}
