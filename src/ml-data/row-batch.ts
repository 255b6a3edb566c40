import { v7 as uuidv7 } from 'uuid';
import type { Dataset, Split } from '../datasets/dataset.js';
import { TIME_PARTS_EXPECTATION, timeFromParts } from '../datasets/event-time.js';
import { type StoredColumn, storedColumns } from '../datasets/stored-columns.js';
import { type Cell, type CellReader, cellReader } from './cell.js';
import { RowProblem } from './row-problem.js';

/** A column that a row can bring, and how its cells are read. */
export interface WritableColumn extends StoredColumn {
  readonly reader: CellReader;
  /** Position in the batch. */
  readonly index: number;
}

/** The columns of a split that rows bring: all but the number that the table gives itself. */
export function writableColumns(dataset: Dataset, split: Split): WritableColumn[] {
  return storedColumns(dataset, split)
    .filter((column) => column.type !== 'rowId')
    .map((column, index) => ({ ...column, reader: cellReader(column, dataset), index }));
}

/**
 * Checked rows of one split, column by column. A row is put together cell by cell and either kept by `finish` or, when
 * anything was wrong, dropped by it.
 */
export class RowBatch {
  readonly columns: readonly WritableColumn[];
  /** Per column: numbers, indexes of categories, 0 and 1, epoch milliseconds; NaN: missing. Empty for columns of texts. */
  readonly numbers: readonly Float64Array[];
  /** Per column of texts: null is missing. */
  readonly texts: readonly (string | null)[][];
  length = 0;
  /** Whether a row must bring its time; otherwise it gets that of its arrival. */
  timeIsRequired = false;

  private readonly byName: ReadonlyMap<string, WritableColumn>;
  private readonly dateTime: number;
  private readonly jobId: number;
  private readonly target: number;
  private readonly labeledAt: number | undefined;
  private problem: RowProblem | undefined;

  constructor(
    readonly dataset: Dataset,
    readonly split: Split,
    readonly capacity: number,
    /** Time of arrival in epoch milliseconds, for rows that bring none. */
    private readonly arrival: number,
  ) {
    this.columns = writableColumns(dataset, split);
    this.numbers = this.columns.map((column) =>
      new Float64Array(column.reader.kind === 'number' ? capacity : 0).fill(Number.NaN),
    );
    this.texts = this.columns.map(() => []);
    this.byName = new Map(this.columns.map((column) => [column.name, column]));
    this.dateTime = this.byName.get('date_time')!.index;
    this.jobId = this.byName.get('job_id')!.index;
    this.target = this.byName.get(dataset.target.name)!.index;
    this.labeledAt = this.byName.get('labeled_at')?.index;
    this.blank();
  }

  get full(): boolean {
    return this.length >= this.capacity;
  }

  column(name: string): WritableColumn | undefined {
    return this.byName.get(name);
  }

  /** Sets a cell from a file's text. */
  setText(column: WritableColumn, text: string): void {
    const cell = column.reader.fromText(text);
    if (cell === undefined) this.fail(column.name, column.reader.expectation, text);
    else this.setCell(column, cell);
  }

  /** Sets a cell from a JSON value. */
  setJson(column: WritableColumn, value: unknown): void {
    const cell = value === null && !column.nullable ? undefined : column.reader.fromJson(value);
    if (cell === undefined) this.fail(column.name, column.reader.expectation, value);
    else this.setCell(column, cell);
  }

  /** Sets a cell of a number column from a number that is already read; false when it is out of range. */
  setNumber(column: WritableColumn, value: number): boolean {
    if (!column.reader.allows(value)) return false;
    this.numbers[column.index]![this.length] = value;
    return true;
  }

  /** Sets the event time from its parts in UTC, named by `names` in messages. */
  setTimeParts(parts: ArrayLike<number>, names: readonly string[]): void {
    const time = timeFromParts(parts, names.length);
    if (Number.isNaN(time))
      this.fail(names.join(', '), TIME_PARTS_EXPECTATION, Array.from(parts).slice(0, names.length).join(', '));
    else this.numbers[this.dateTime]![this.length] = time;
  }

  /** Notes the first problem of the row. */
  fail(field: string, expectation: string, value: unknown): void {
    this.problem ??= new RowProblem(field, expectation, value);
  }

  /** Ends the row: keeps it, or returns why it cannot be kept. */
  finish(): RowProblem | undefined {
    this.fillIn();
    for (const column of this.problem === undefined ? this.columns : []) {
      if (!column.nullable && this.isMissing(column.index)) {
        this.fail(column.name, column.reader.expectation, undefined);
        break;
      }
    }
    const problem = this.problem;
    if (problem === undefined) this.length += 1;
    this.blank();
    return problem;
  }

  /** Forgets the rows. */
  clear(): void {
    this.length = 0;
    for (const numbers of this.numbers) numbers.fill(Number.NaN);
    for (const texts of this.texts) texts.length = 0;
    this.blank();
  }

  private setCell(column: WritableColumn, cell: Cell): void {
    if (typeof cell === 'number') this.numbers[column.index]![this.length] = cell;
    else this.texts[column.index]![this.length] = cell;
  }

  /** What a row need not bring: its time, the name of a production row, and when its label came. */
  private fillIn(): void {
    const row = this.length;
    const times = this.numbers[this.dateTime]!;
    if (Number.isNaN(times[row]!) && !this.timeIsRequired) times[row] = this.arrival;
    if (this.split !== 'production') return;
    this.texts[this.jobId]![row] ??= uuidv7();
    const labeledAt = this.numbers[this.labeledAt!]!;
    if (this.isMissing(this.target)) labeledAt[row] = Number.NaN;
    else if (Number.isNaN(labeledAt[row]!)) labeledAt[row] = this.arrival;
  }

  private isMissing(index: number): boolean {
    const column = this.columns[index]!;
    return column.reader.kind === 'number'
      ? Number.isNaN(this.numbers[index]![this.length]!)
      : this.texts[index]![this.length] === null;
  }

  /** Makes the next row's cells missing: those of a dropped row must not show through. */
  private blank(): void {
    this.problem = undefined;
    if (this.full) return;
    for (let index = 0; index < this.columns.length; index += 1) {
      if (this.columns[index]!.reader.kind === 'number') this.numbers[index]![this.length] = Number.NaN;
      else this.texts[index]![this.length] = null;
    }
  }
}
