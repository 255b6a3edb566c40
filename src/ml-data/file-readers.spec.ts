import fc from 'fast-check';
import { CsvReader } from './csv-reader.js';
import { NdjsonReader } from './ndjson-reader.js';
import { MAX_LINE_BYTES, type RecordHandler, type RecordReader } from './record-handler.js';

/** Writes down what a reader tells. */
class Notes implements RecordHandler {
  names: readonly string[] = [];
  readonly records: unknown[] = [];
  readonly lines: number[] = [];
  readonly bad: [number, string][] = [];
  private fields: string[] = [];
  private json: unknown;

  header(names: readonly string[]): void {
    this.names = names;
  }
  bytesField(index: number, bytes: Buffer, start: number, end: number): void {
    this.fields[index] = bytes.toString('utf8', start, end);
  }
  textField(index: number, text: string): void {
    this.fields[index] = text;
  }
  jsonRecord(value: unknown): void {
    this.json = value;
  }
  endRecord(line: number, fields: number): void {
    if (fields > 0) expect(this.fields).toHaveLength(fields);
    this.records.push(this.json ?? this.fields);
    this.lines.push(line);
    this.fields = [];
  }
  badRecord(line: number, expectation: string): void {
    this.bad.push([line, expectation]);
  }
}

async function read(text: string | Buffer, make: (notes: Notes) => RecordReader, chunkBytes = 7): Promise<Notes> {
  const notes = new Notes();
  const reader = make(notes);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes)
    await reader.write(Buffer.from(bytes.subarray(at, at + chunkBytes)));
  await reader.end();
  return notes;
}

const csv = (notes: Notes) => new CsvReader(notes);
const ndjson = (notes: Notes) => new NdjsonReader(notes);

function quoted(text: string): string {
  return /[",\n\r]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}

describe('CsvReader', () => {
  it('reads what was written, wherever the chunks are cut and whichever line has the first quotation mark', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ß', '1', '.', ',', '"', '\n', ' ', ';') });
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n'),
        async (records, chunk, newline) => {
          const text = ['a,b,c', ...records.map((record) => record.map(quoted).join(','))].join(newline) + newline;
          const notes = await read(text, csv, chunk);
          expect(notes.names).toEqual(['a', 'b', 'c']);
          expect(notes.records).toEqual(records);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts lines from the header on, empty ones included', async () => {
    const notes = await read('a,b\n1,2\n\n3,4\n"5\n6",7\n8,9', csv);
    expect(notes.records).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5\n6', '7'],
      ['8', '9'],
    ]);
    expect(notes.lines.slice(0, 2)).toEqual([2, 4]);
    expect(notes.lines.at(-1)).toBe(7);
  });

  it('reads semicolons and tabs, a byte order mark, quoted names and a last line without newline', async () => {
    expect((await read('\ufeff"a";b;c\r\n1;2;3', csv)).records).toEqual([['1', '2', '3']]);
    expect((await read('\ufeff"a, b";c', csv)).names).toEqual(['a, b', 'c']);
    expect((await read('a\tb\n1\t2\n', csv)).records).toEqual([['1', '2']]);
  });

  it('takes a stray quotation mark as part of its field and goes on', async () => {
    const notes = await read('a,b\n1,5" x\n7,"8"z\n9,10\n', csv);
    expect(notes.records).toEqual([
      ['1', '5" x'],
      ['7', '"8"z'],
      ['9', '10'],
    ]);
  });

  it('stops at a quotation mark that is never closed, since it cannot tell how many rows it swallowed', async () => {
    await expect(read('a,b\n1,2\n3,"4\n5,6\n7,8\n', csv)).rejects.toThrow(
      'quotation mark opens a field and is never closed',
    );
    await expect(read(`a,b\n1,2\n3,"4\n${'5,6\n'.repeat(MAX_LINE_BYTES / 3)}`, csv, 65_536)).rejects.toThrow(
      'never closed',
    );
  });

  it('leaves an overlong line out, and reads those around it', async () => {
    const notes = await read(`a,b\n1,2\n3,${'x'.repeat(2 * MAX_LINE_BYTES)}\n5,6\n`, csv, 65_536);
    expect(notes.records).toEqual([
      ['1', '2'],
      ['5', '6'],
    ]);
    expect(notes.bad).toEqual([[3, `at most ${MAX_LINE_BYTES} bytes`]]);
    expect(notes.lines).toEqual([2, 4]);
  });

  it('refuses a file without a header', async () => {
    await expect(read('', csv)).rejects.toThrow('The first line must hold the names of the columns');
    await expect(read('\n1,2\n', csv)).rejects.toThrow('The first line must hold the names of the columns');
    await expect(read('x'.repeat(2 * MAX_LINE_BYTES), csv, 65_536)).rejects.toThrow('The header is longer');
  });
});

describe('NdjsonReader', () => {
  it('reads one object per line and reports the lines that are none', async () => {
    const notes = await read('\ufeff{"a":1}\r\n\n{"a":\n[1]\nnull\n42\n{"a":"ß"}', ndjson, 3);
    expect(notes.records).toEqual([{ a: 1 }, { a: 'ß' }]);
    expect(notes.lines).toEqual([1, 7]);
    expect(notes.bad.map(([line]) => line)).toEqual([3, 4, 5, 6]);
  });

  it('leaves an overlong line out, and reads those around it', async () => {
    const notes = await read(`{"a":1}\n{"a":"${'x'.repeat(2 * MAX_LINE_BYTES)}"}\n{"a":2}\n`, ndjson, 65_536);
    expect(notes.records).toEqual([{ a: 1 }, { a: 2 }]);
    expect(notes.lines).toEqual([1, 3]);
    expect(notes.bad).toHaveLength(1);
  });
});
