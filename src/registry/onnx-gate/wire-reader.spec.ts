import { Scalars } from './scalars.js';
import { WireError, WireReader } from './wire-reader.js';

/** A reader at the value of field 1, whose wire type is in the first byte. */
function at(...bytes: number[]): WireReader {
  const reader = new WireReader(Uint8Array.from(bytes));
  reader.next();
  return reader;
}

describe(WireReader.name, () => {
  it.each<[number, number[]]>([
    [0, [0]],
    [127, [0x7f]],
    [300, [0xac, 2]],
    [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
    [2 ** 53 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    [-1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
    [-300, [0xd4, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
  ])('reads the integer %i', (number, bytes) => {
    const reader = at(0x08, ...bytes);
    expect(reader.varint()).toBe(number);
    expect(reader.next()).toBe(false);
  });

  it('reads a float and a view without copying', () => {
    expect(at(0x0d, 0, 0, 0xc0, 0x3f).float()).toBe(1.5);
    const reader = at(0x0a, 2, 7, 8);
    const view = reader.view();
    expect([...view]).toEqual([7, 8]);
    expect(view.buffer).toBe(reader.bytes.buffer);
  });

  it.each([
    ['a length one past the end', [0x0a, 3, 1, 2]],
    ['a negative length', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 1]],
    ['a float of three bytes', [0x0d, 1, 2, 3]],
    ['a number of more than 64 bits', [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]],
  ])('refuses %s', (_, bytes) => {
    expect(() => at(...bytes).skip()).toThrow(WireError);
  });

  it('does not read past the end of its part of a larger file', () => {
    const reader = new WireReader(Uint8Array.of(0x0a, 2, 1, 1), 0, 3);
    reader.next();
    expect(() => reader.view()).toThrow(WireError);
  });
});

describe(Scalars.name, () => {
  it('counts and reads packed and single values alike', () => {
    const message = Uint8Array.of(0x08, 5, 0x0a, 3, 1, 0xac, 2, 0x08, 6);
    const scalars = new Scalars(message, 1, 'ints');
    const reader = new WireReader(message);
    while (reader.next()) scalars.add(reader);
    expect(scalars.count).toBe(4);
    expect(scalars.numbers()).toEqual([5, 1, 300, 6]);
  });

  it.each([
    ['an integer of more than 64 bits', 'ints', [0x0a, 11, ...new Array<number>(10).fill(0xff), 1]],
    ['an integer that is cut off', 'ints', [0x0a, 2, 1, 0x80]],
    ['floats that are cut off', 'floats', [0x0a, 5, 0, 0, 0, 0, 0]],
    ['doubles that are cut off', 'doubles', [0x0a, 4, 0, 0, 0, 0]],
    ['a value of another kind', 'floats', [0x08, 1]],
  ] as const)('refuses a list with %s', (_, kind, bytes) => {
    const message = Uint8Array.from(bytes);
    expect(() => new Scalars(message, 1, kind).add(at(...bytes))).toThrow(WireError);
  });
});
