/**
 * PostgreSQL's binary form of one-dimensional arrays (array_recv in src/backend/utils/adt/arrayfuncs.c): dimensions, a
 * flag for NULLs, the element type, then length, lower bound and the elements, each behind its own length. pg sends a
 * Buffer as a binary parameter, so a batch goes to the server without turning numbers into text and back.
 */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

export const OID = { bool: 16, int8: 20, text: 25, float8: 701, uuid: 2950 } as const;

/** float8[] of `length` numbers that lie `stride` apart from `offset` on; NaN becomes NULL if `nanIsNull`. */
export function float8Array(
  values: ArrayLike<number>,
  { offset = 0, stride = 1, length = values.length, nanIsNull = false } = {},
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + length * 12);
  let position = writeHeader(buffer, OID.float8, length, nanIsNull);
  for (let i = 0; i < length; i += 1) {
    const value = values[offset + i * stride] ?? Number.NaN;
    if (nanIsNull && Number.isNaN(value)) {
      position = buffer.writeInt32BE(NULL_LENGTH, position);
    } else {
      position = buffer.writeDoubleBE(value, buffer.writeInt32BE(8, position));
    }
  }
  return buffer.subarray(0, position);
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
  return buffer;
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
  return buffer;
}

/** uuid[] from their text form. */
export function uuidArray(values: readonly string[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 20);
  let position = writeHeader(buffer, OID.uuid, values.length, false);
  for (const value of values) {
    position = buffer.writeInt32BE(16, position);
    const written = buffer.write(value.replaceAll('-', ''), position, 'hex');
    if (written !== 16) throw new Error(`a job id must be a UUID, but is ${JSON.stringify(value)}`);
    position += 16;
  }
  return buffer;
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
