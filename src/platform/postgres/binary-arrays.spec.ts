import { boolArray, categoryArray, float8Array, textArray, timestamptzArray, uuidArray } from './binary-arrays.js';

const JOB = '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11';

/** The elements of a binary array, each as its bytes; the reader that array_recv is, in miniature. */
function elements(array: Buffer): (Buffer | null)[] {
  const dimensions = array.readInt32BE(0);
  const found: (Buffer | null)[] = [];
  let position = 12;
  if (dimensions === 1) {
    const length = array.readInt32BE(12);
    position = 20;
    for (let i = 0; i < length; i += 1) {
      const bytes = array.readInt32BE(position);
      position += 4;
      found.push(bytes < 0 ? null : array.subarray(position, position + bytes));
      position += Math.max(0, bytes);
    }
  }
  expect(position).toBe(array.length);
  return found;
}

describe('binary arrays', () => {
  it('end where their last element ends, also when they are empty', () => {
    for (const array of [
      float8Array([]),
      boolArray([]),
      timestamptzArray([]),
      categoryArray([], []),
      textArray([]),
      uuidArray([]),
    ]) {
      expect(elements(array)).toEqual([]);
    }
  });

  it('take a column out of a matrix', () => {
    const matrix = Float64Array.of(1, 2, 3, 4, Number.NaN, 6);
    const column = elements(float8Array(matrix, { offset: 1, stride: 3, length: 2, nanIsNull: true }));
    expect(column.map((bytes) => bytes?.readDoubleBE() ?? null)).toEqual([2, null]);
    const flags = elements(boolArray(Float64Array.of(9, 1, 9, 0, 9, Number.NaN), { offset: 1, stride: 2, length: 3 }));
    expect(flags.map((bytes) => bytes?.[0] ?? null)).toEqual([1, 0, null]);
    const categories = ['', 'ß'].map((category) => Buffer.from(category));
    const texts = elements(
      categoryArray(Float64Array.of(1, 7, 0, 7, Number.NaN, 7), categories, { stride: 2, length: 3 }),
    );
    expect(texts.map((bytes) => bytes?.toString() ?? null)).toEqual(['ß', '', null]);
  });

  it('keep times to the microsecond, before and after 2000, near and far', () => {
    const times = [
      '1900-01-01T00:00:00Z',
      '1999-12-31T23:59:59.999Z',
      '2026-01-31T08:30:00.123Z',
      '9999-12-31T23:59:59.999Z',
    ];
    const stored = elements(timestamptzArray(times.map((time) => Date.parse(time))));
    const epoch = BigInt(Date.parse('2000-01-01T00:00:00Z'));
    expect(stored.map((bytes) => bytes!.readBigInt64BE())).toEqual(
      times.map((time) => (BigInt(Date.parse(time)) - epoch) * 1000n),
    );
    expect(elements(timestamptzArray([Number.NaN]))).toEqual([null]);
  });

  it('hold UUIDs in sixteen bytes, and refuse other texts', () => {
    expect(elements(uuidArray([JOB, null])).map((bytes) => bytes?.toString('hex') ?? null)).toEqual([
      JOB.replaceAll('-', ''),
      null,
    ]);
    for (const text of ['', JOB.slice(1), `${JOB}00`, JOB.replace('0', 'x')])
      expect(() => uuidArray([text])).toThrow('must be a UUID');
  });

  it('refuse a category that is not there', () => {
    expect(() => categoryArray([2], [Buffer.from('a')])).toThrow('a category must be an index below 1, but is 2');
  });
});
