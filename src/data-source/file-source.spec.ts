import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Dataset } from '../datasets/dataset.js';
import { FileSource } from './file-source.js';

const DATASET: Dataset = {
  name: 'd',
  description: '',
  task: 'regression',
  payloadKey: 'key',
  timeColumns: [],
  features: [
    { name: 'a', type: 'number', nullable: false },
    { name: 'line', type: 'category', nullable: false, categories: ['x', '1'] },
  ],
  target: { name: 'quality', type: 'number', nullable: false },
};

describe(FileSource.name, () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gits-source-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function open(name: string, content: string | Buffer, map: [string, string][] = [], dataset = DATASET) {
    const path = join(directory, name);
    await writeFile(path, content);
    return new FileSource(dataset, path, new Map(map));
  }

  it('reads CSV cells as values of their columns, and what does not fit as it is', async () => {
    const source = await open('a.csv', 'Line,A,quality\nx,1.5,60\n1,,61\nx,hot,\n');
    expect(await source.take(10)).toEqual([
      { body: '{"key":[1.5,"x"]}', label: '60' },
      { body: '{"key":[null,"1"]}', label: '61' },
      { body: '{"key":["hot","x"]}', label: null },
    ]);
    expect(await source.take(10)).toEqual([]);
  });

  it('reads gzipped NDJSON', async () => {
    const source = await open('a.ndjson.gz', gzipSync('{"a":1,"line":"x","quality":7}\n\n{"a":2,"line":"x"}\n'));
    expect(await source.take(10)).toEqual([
      { body: '{"key":[1,"x"]}', label: '7' },
      { body: '{"key":[2,"x"]}', label: null },
    ]);
  });

  it('sends lines that are no rows as they are, so that they become failed jobs and the rest follows', async () => {
    const source = await open('torn.ndjson', '{"a":1,"line":"x"}\n{"a":2,"li\nnull\n[3,"x"]\n{"a":4,"line":"x"}\n');
    expect((await source.take(10)).map(({ body }) => body)).toEqual([
      '{"key":[1,"x"]}',
      '{"a":2,"li',
      'null',
      '[3,"x"]',
      '{"key":[4,"x"]}',
    ]);
  });

  it('takes a quotation mark within a CSV cell as it is', async () => {
    const source = await open('quotes.csv', 'a,line\n1,5" pipe\n2,"x"\n');
    expect((await source.take(10)).map(({ body }) => body)).toEqual(['{"key":[1,"5\\" pipe"]}', '{"key":[2,"x"]}']);
  });

  it('goes on after the rows that were sent', async () => {
    const source = await open('b.csv', 'a,line\n1,x\n2,x\n3,x\n');
    await source.skip(2);
    expect((await source.take(10)).map(({ body }) => body)).toEqual(['{"key":[3,"x"]}']);
    await source.close();
  });

  it('maps columns and sends the time in named form', async () => {
    const timed = { ...DATASET, timeColumns: ['YYYY', 'MM', 'DD', 'HH'] };
    const source = await open('c.csv', 'YYYY,MM,DD,HH,T1_hour,line\n2015,1,4,7,1.5,x\n', [['a', 'T1_hour']], timed);
    expect((await source.take(1))[0]?.body).toBe('{"key":{"a":1.5,"line":"x","YYYY":2015,"MM":1,"DD":4,"HH":7}}');
    await source.close();
  });

  it('says which column a file lacks', async () => {
    const source = await open('d.csv', 'b,line\n1,x\n');
    await expect(source.take(1)).rejects.toThrow('must have the column "a" for dataset "d"; it has b, line');
  });

  it('says that a file is not there', async () => {
    const source = new FileSource(DATASET, join(directory, 'missing.csv'), new Map());
    await expect(source.take(1)).rejects.toThrow('no such file');
  });
});
