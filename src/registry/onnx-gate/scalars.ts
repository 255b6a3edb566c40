import { WIRE_BYTES, WIRE_FIXED32, WIRE_FIXED64, WIRE_VARINT, WireError, WireReader } from './wire-reader.js';

export type ScalarKind = 'ints' | 'floats' | 'doubles' | 'blobs';

const ELEMENT_WIRE: Record<ScalarKind, number> = {
  ints: WIRE_VARINT,
  floats: WIRE_FIXED32,
  doubles: WIRE_FIXED64,
  blobs: WIRE_BYTES,
};

/**
 * A repeated scalar field: counted while the message is read, decoded only on demand. A tree ensemble holds millions of such
 * numbers, and the gate needs to look at few of them.
 */
export class Scalars {
  count = 0;

  constructor(
    private readonly message: Uint8Array,
    private readonly field: number,
    private readonly kind: ScalarKind,
  ) {}

  /** Takes in one occurrence (a single value or a packed run) at the reader's position. */
  add(reader: WireReader): void {
    const single = ELEMENT_WIRE[this.kind];
    if (reader.wire === single) {
      reader.skip();
      this.count += 1;
      return;
    }
    if (reader.wire !== WIRE_BYTES)
      throw new WireError(`field ${reader.field} at byte ${reader.start} has a wrong type`);
    const packed = reader.view();
    const width = single === WIRE_FIXED32 ? 4 : 8;
    if (this.kind !== 'ints') {
      if (packed.length % width !== 0) throw new WireError(`a list at byte ${reader.start} is cut off`);
      this.count += packed.length / width;
      return;
    }
    let run = 0;
    for (const byte of packed) {
      if (byte >= 0x80) {
        if (++run > 9) throw new WireError(`a number in the list at byte ${reader.start} is longer than 64 bits`);
      } else {
        this.count += 1;
        run = 0;
      }
    }
    if (run > 0) throw new WireError(`a list at byte ${reader.start} is cut off`);
  }

  /** The values of an integer list. */
  numbers(): number[] {
    const values: number[] = [];
    for (const reader of this.occurrences()) {
      if (reader.wire === WIRE_VARINT) values.push(reader.varint());
      else {
        const packed = new WireReader(reader.view());
        while (packed.position < packed.end) values.push(packed.varint());
      }
    }
    return values;
  }

  /** The values of a list of strings; invalid UTF-8 is an error. */
  strings(): string[] {
    const values: string[] = [];
    for (const reader of this.occurrences()) values.push(decodeUtf8(reader.view()));
    return values;
  }

  private *occurrences(): Generator<WireReader> {
    const reader = new WireReader(this.message);
    while (reader.next()) {
      if (reader.field === this.field) yield reader;
      else reader.skip();
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes; a {@link WireError} if they are none, for a replaced character could make two names equal. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WireError('a name is not valid UTF-8');
  }
}
