/** Bytes that are not a protobuf message of the expected shape. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

/**
 * Reads the fields of one protobuf message in order, without copying. Stricter than the format asks: a value may not run
 * past the end of its message, and groups (deprecated, written by no ONNX exporter) are an error. Where parsers may read the
 * same bytes differently, the bytes are refused, so that ONNX Runtime cannot see another model than we checked.
 */
export class WireReader {
  /** Number of the current field, from 1. */
  field = 0;
  /** Wire type of the current field. */
  wire = WIRE_VARINT;
  /** Offset of the current field's tag. */
  start = 0;

  constructor(
    readonly bytes: Uint8Array,
    public position = 0,
    readonly end = bytes.length,
  ) {}

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.position >= this.end) return false;
    this.start = this.position;
    const tag = this.varint();
    if (tag < 8 || tag > 0xffffffff) throw new WireError(`invalid field tag ${tag} at byte ${this.start}`);
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    return true;
  }

  /** A varint as a signed 64-bit integer; exact within ±2^53, rounded beyond. */
  varint(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.position >= this.end) throw new WireError(`a number is cut off at byte ${this.position}`);
      const byte = this.bytes[this.position++]!;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) {
        if (i === 9 && byte > 1) break;
        return high * 0x1_0000_0000 + (low >>> 0);
      }
    }
    throw new WireError(`a number at byte ${this.position} is longer than 64 bits`);
  }

  /** A 32-bit float. */
  float(): number {
    const at = this.advance(4);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getFloat32(at, true);
  }

  /** A view (no copy) of a length-delimited value. */
  view(): Uint8Array {
    const length = this.varint();
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Passes over the current field's value. */
  skip(): void {
    if (this.wire === WIRE_VARINT) this.varint();
    else if (this.wire === WIRE_FIXED64) this.advance(8);
    else if (this.wire === WIRE_BYTES) this.advance(this.varint());
    else if (this.wire === WIRE_FIXED32) this.advance(4);
    else throw new WireError(`wire type ${this.wire} at byte ${this.start} is not used by ONNX`);
  }

  /** Steps over `length` bytes and returns where they began. */
  private advance(length: number): number {
    const at = this.position;
    if (length < 0 || length > this.end - at)
      throw new WireError(`a value of ${length} bytes at byte ${at} is cut off`);
    this.position = at + length;
    return at;
  }
}
