import { writeTimestamp, writeUuid } from '../platform/postgres/binary-arrays.js';
import type { RowBatch, WritableColumn } from './row-batch.js';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
const NULL_LENGTH = -1;

/** What begins and ends a binary COPY (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"). */
export const COPY_BEGIN = SIGNATURE;
export const COPY_END = TRAILER;

type CellWriter = (row: number) => void;

/** Turns batches into the rows of a binary COPY: numbers go as they are, without being written and read as text. */
export class CopyEncoder {
  private buffer = Buffer.alloc(0);
  private view = new DataView(new ArrayBuffer(0));
  private position = 0;
  private readonly writers: readonly CellWriter[];
  /** Most bytes of a row without its texts. */
  private readonly fixedBytes: number;

  constructor(private readonly batch: RowBatch) {
    this.writers = batch.columns.map((column) => this.writerOf(column));
    this.fixedBytes = 2 + batch.columns.reduce((sum, column) => sum + 4 + fixedBytesOf(column), 0);
  }

  /** The batch's rows in a buffer of their own. */
  encode(): Buffer {
    this.buffer = Buffer.allocUnsafe(this.batch.length * this.fixedBytes + this.textBytes());
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
    this.position = 0;
    for (let row = 0; row < this.batch.length; row += 1) {
      this.view.setInt16(this.position, this.writers.length);
      this.position += 2;
      for (const write of this.writers) write(row);
    }
    return this.buffer.subarray(0, this.position);
  }

  private writerOf(column: WritableColumn): CellWriter {
    const numbers = this.batch.numbers[column.index]!;
    const texts = this.batch.texts[column.index]!;
    switch (column.type) {
      case 'number':
        return (row) => this.writeNumber(numbers[row]!);
      case 'boolean':
        return (row) => this.writeBoolean(numbers[row]!);
      case 'integer':
        return (row) => this.writeInteger(numbers[row]!);
      case 'time':
        return (row) => this.writeTime(numbers[row]!);
      case 'category': {
        const categories = (column.column?.categories ?? []).map((category) => Buffer.from(category));
        return (row) => this.writeBytes(categories[numbers[row]!]);
      }
      case 'uuid':
        return (row) => this.writeUuid(texts[row]!);
      default:
        return (row) => this.writeText(texts[row]!);
    }
  }

  private writeNumber(value: number): void {
    if (Number.isNaN(value)) return this.writeNull();
    this.view.setInt32(this.position, 8);
    this.view.setFloat64(this.position + 4, value);
    this.position += 12;
  }

  private writeBoolean(value: number): void {
    if (Number.isNaN(value)) return this.writeNull();
    this.view.setInt32(this.position, 1);
    this.view.setUint8(this.position + 4, value);
    this.position += 5;
  }

  private writeInteger(value: number): void {
    if (Number.isNaN(value)) return this.writeNull();
    this.view.setInt32(this.position, 4);
    this.view.setInt32(this.position + 4, value);
    this.position += 8;
  }

  private writeTime(value: number): void {
    if (Number.isNaN(value)) return this.writeNull();
    this.view.setInt32(this.position, 8);
    writeTimestamp(this.view, this.position + 4, value);
    this.position += 12;
  }

  private writeUuid(value: string | null): void {
    if (value === null) return this.writeNull();
    this.view.setInt32(this.position, 16);
    writeUuid(this.buffer, this.position + 4, value);
    this.position += 20;
  }

  private writeBytes(value: Buffer | undefined): void {
    if (value === undefined) return this.writeNull();
    this.view.setInt32(this.position, value.length);
    this.position += 4 + value.copy(this.buffer, this.position + 4);
  }

  private writeText(value: string | null): void {
    if (value === null) return this.writeNull();
    const written = this.buffer.write(value, this.position + 4);
    this.view.setInt32(this.position, written);
    this.position += 4 + written;
  }

  private writeNull(): void {
    this.view.setInt32(this.position, NULL_LENGTH);
    this.position += 4;
  }

  private textBytes(): number {
    let bytes = 0;
    for (const column of this.batch.columns) {
      if (column.type === 'text') {
        for (const text of this.batch.texts[column.index]!) bytes += text === null ? 0 : Buffer.byteLength(text);
      } else if (column.type === 'category') {
        const lengths = (column.column?.categories ?? []).map((category) => Buffer.byteLength(category));
        const indexes = this.batch.numbers[column.index]!;
        for (let row = 0; row < this.batch.length; row += 1) bytes += lengths[indexes[row]!] ?? 0;
      }
    }
    return bytes;
  }
}

function fixedBytesOf(column: WritableColumn): number {
  if (column.type === 'uuid') return 16;
  return column.type === 'text' || column.type === 'category' ? 0 : 8;
}
