/**
 * PostgreSQL's binary form of one-dimensional arrays (array_recv in src/backend/utils/adt/arrayfuncs.c): dimensions, a
 * flag for NULLs, the element type, then length, lower bound and the elements, each behind its own length. pg sends a
 * Buffer as a binary parameter, so a batch goes to the server without turning numbers into text and back.
 */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

export const OID = { bool: 16, int8: 20, text: 25, float8: 701, timestamptz: 1184, uuid: 2950 } as const;

/** Where the elements lie in a matrix: from `offset` on, `stride` apart. */
export interface Slice {
  offset?: number;
  stride?: number;
  length?: number;
}

/** float8[] of `length` numbers that lie `stride` apart from `offset` on; NaN becomes NULL if `nanIsNull`. */
export function float8Array(
  values: ArrayLike<number>,
  { offset = 0, stride = 1, length = values.length, nanIsNull = false } = {},
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + length * 12);
  const view = viewOf(buffer);
  let position = writeHeader(buffer, OID.float8, length, nanIsNull);
  for (let i = 0, at = offset; i < length; i += 1, at += stride) {
    const value = values[at] ?? Number.NaN;
    if (nanIsNull && Number.isNaN(value)) {
      view.setInt32(position, NULL_LENGTH);
      position += 4;
    } else {
      view.setInt32(position, 8);
      view.setFloat64(position + 4, value);
      position += 12;
    }
  }
  return buffer.subarray(0, position);
}

/** bool[]: 0 is false, NaN is NULL, any other number is true. */
export function boolArray(
  values: ArrayLike<number>,
  { offset = 0, stride = 1, length = values.length }: Slice = {},
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + length * 5);
  const view = viewOf(buffer);
  let position = writeHeader(buffer, OID.bool, length, true);
  for (let i = 0, at = offset; i < length; i += 1, at += stride) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) {
      view.setInt32(position, NULL_LENGTH);
      position += 4;
    } else {
      view.setInt32(position, 1);
      view.setUint8(position + 4, value === 0 ? 0 : 1);
      position += 5;
    }
  }
  return buffer.subarray(0, position);
}

/** timestamptz[] from epoch milliseconds; NaN is NULL. */
export function timestamptzArray(milliseconds: ArrayLike<number>): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + milliseconds.length * 12);
  const view = viewOf(buffer);
  let position = writeHeader(buffer, OID.timestamptz, milliseconds.length, true);
  for (let i = 0; i < milliseconds.length; i += 1) {
    const value = milliseconds[i] ?? Number.NaN;
    if (Number.isNaN(value)) {
      view.setInt32(position, NULL_LENGTH);
      position += 4;
    } else {
      view.setInt32(position, 8);
      writeTimestamp(view, position + 4, value);
      position += 12;
    }
  }
  return buffer.subarray(0, position);
}

/** text[] of categories by their indexes, each category in UTF-8; NaN is NULL. */
export function categoryArray(
  indexes: ArrayLike<number>,
  categories: readonly Buffer[],
  { offset = 0, stride = 1, length = indexes.length }: Slice = {},
): Buffer {
  const categoryAt = (i: number): Buffer | undefined => {
    const index = indexes[offset + i * stride] ?? Number.NaN;
    if (Number.isNaN(index)) return undefined;
    const category = categories[index];
    if (category === undefined)
      throw new Error(`a category must be an index below ${categories.length}, but is ${index}`);
    return category;
  };
  let bytes = HEADER_BYTES + length * 4;
  for (let i = 0; i < length; i += 1) bytes += categoryAt(i)?.length ?? 0;
  const buffer = Buffer.allocUnsafe(bytes);
  let position = writeHeader(buffer, OID.text, length, true);
  for (let i = 0; i < length; i += 1) {
    const category = categoryAt(i);
    position = buffer.writeInt32BE(category === undefined ? NULL_LENGTH : category.length, position);
    if (category !== undefined) position += category.copy(buffer, position);
  }
  return buffer.subarray(0, position);
}

/** Epoch milliseconds of PostgreSQL's own epoch, 2000-01-01. */
const POSTGRES_EPOCH = 946_684_800_000;

/** Writes epoch milliseconds as PostgreSQL's timestamp: whole microseconds since 2000-01-01 in 64 bits. */
export function writeTimestamp(view: DataView, position: number, milliseconds: number): void {
  const microseconds = Math.floor((milliseconds - POSTGRES_EPOCH) * 1000);
  if (Number.isSafeInteger(microseconds)) {
    view.setInt32(position, Math.floor(microseconds / 2 ** 32));
    view.setUint32(position + 4, microseconds >>> 0);
  } else {
    view.setBigInt64(position, BigInt(Math.floor(milliseconds - POSTGRES_EPOCH)) * 1000n);
  }
}

/** int8[] of whole numbers below 2^53. */
export function int8Array(values: ArrayLike<number>): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 12);
  let position = writeHeader(buffer, OID.int8, values.length, false);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    position = buffer.writeInt32BE(8, position);
    position = buffer.writeInt32BE(Math.floor(value / 2 ** 32), position);
    position = buffer.writeUInt32BE(value >>> 0, position);
  }
  return buffer.subarray(0, position);
}

/** text[]; null becomes NULL. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = HEADER_BYTES + values.length * 4;
  for (const value of values) if (value !== null) bytes += Buffer.byteLength(value);
  const buffer = Buffer.allocUnsafe(bytes);
  let position = writeHeader(buffer, OID.text, values.length, true);
  for (const value of values) {
    if (value === null) {
      position = buffer.writeInt32BE(NULL_LENGTH, position);
    } else {
      const written = buffer.write(value, position + 4);
      buffer.writeInt32BE(written, position);
      position += 4 + written;
    }
  }
  return buffer.subarray(0, position);
}

/** uuid[] from their text form; null becomes NULL. */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 20);
  let position = writeHeader(buffer, OID.uuid, values.length, true);
  for (const value of values) {
    if (value === null) {
      position = buffer.writeInt32BE(NULL_LENGTH, position);
    } else {
      position = buffer.writeInt32BE(16, position);
      writeUuid(buffer, position, value);
      position += 16;
    }
  }
  return buffer.subarray(0, position);
}

/** Writes a UUID's sixteen bytes from its text form. */
export function writeUuid(buffer: Buffer, position: number, value: string): void {
  const digits = value.replaceAll('-', '');
  if (digits.length !== 32 || buffer.write(digits, position, 16, 'hex') !== 16) {
    throw new Error(`a job id must be a UUID, but is ${JSON.stringify(value)}`);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function writeHeader(buffer: Buffer, elementType: number, length: number, hasNulls: boolean): number {
  // An empty array has no dimension.
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(hasNulls ? 1 : 0, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return length === 0 ? 12 : HEADER_BYTES;
}
