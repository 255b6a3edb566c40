import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Dataset, Split } from '../../../src/datasets/dataset.js';
import { tableOf } from '../../../src/datasets/dataset-table.js';
import { ExportService } from '../../../src/ml-data/export.service.js';
import { type ImportRequest, ImportService } from '../../../src/ml-data/import.service.js';
import { selectRows } from '../../../src/ml-data/row-selection.js';
import { Transfers } from '../../../src/ml-data/transfers.js';
import { MIXED_DATASET, type Store, expectTrueCounts, startStore } from './store.js';

const SKIP: ImportRequest = { format: 'csv', onError: 'skip', map: new Map(), timeFrom: undefined };
const JOBS = ['0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11', '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a12'];

describe('imports and exports', () => {
  let store: Store;
  let imports: ImportService;
  let exports: ExportService;
  let made = 0;
  beforeAll(async () => {
    store = await startStore();
    imports = new ImportService(store.postgres, store.environment, new Transfers());
    exports = new ExportService(store.postgres, new Transfers());
  });
  afterAll(() => store.stop());

  async function register(change: Partial<Dataset> = {}): Promise<Dataset> {
    return (await store.datasets.register({ ...MIXED_DATASET, name: `files_${made++}`, ...change })).stored.dataset;
  }

  /** Sends the file in small pieces, so that every line is cut somewhere. */
  function load(dataset: Dataset, split: Split, file: string | Buffer, change: Partial<ImportRequest> = {}) {
    const bytes = Buffer.from(file);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 11) }, (_, i) => bytes.subarray(i * 11, i * 11 + 11));
    return imports.import(dataset, split, Readable.from(pieces), { ...SKIP, ...change });
  }

  async function dump(dataset: Dataset, split: Split, format: 'csv' | 'ndjson', query = {}): Promise<string> {
    return text(await exports.export(dataset, split, selectRows(dataset, split, query), format));
  }

  function rowsOf(dataset: Dataset, split: Split) {
    return store.postgres.rows(`SELECT * FROM ${tableOf(dataset.name, split)} ORDER BY 1`);
  }

  it('reads a CSV file into typed rows, finding columns in another case and ignoring others', async () => {
    const dataset = await register();
    const result = await load(
      dataset,
      'training',
      'h_DATA,mode,select,AH,quality,date_time\n1.25,idle,true,x,10,2026-01-31T08:30:00.5Z\n2,,,y,20,2026-01-31 09:30\n',
    );
    expect(result).toMatchObject({ rows: 2, duplicates: 0, skipped: 0, problems: [] });
    expect(result.columns.ignored).toEqual(['AH']);
    expect(result.columns.used[0]).toEqual({ column: 'H_data', from: 'h_DATA' });
    expect(await rowsOf(dataset, 'training')).toEqual([
      {
        row_id: 1,
        job_id: null,
        date_time: new Date('2026-01-31T08:30:00.500Z'),
        H_data: 1.25,
        Mode: 'idle',
        select: true,
        Quality: 10,
      },
      {
        row_id: 2,
        job_id: null,
        date_time: new Date('2026-01-31T09:30:00Z'),
        H_data: 2,
        Mode: null,
        select: null,
        Quality: 20,
      },
    ]);
    await expectTrueCounts(store, dataset);
  });

  it('takes the time from its parts, and columns by a map', async () => {
    const dataset = await register({ timeColumns: ['a', 'b', 'c', 'd'] });
    const file = 'YYYY,MM,DD,HH,H,Quality\n2015,1,4,0,1,5\n2015,1,32,0,1,5\n2015,,4,1,1,5\n2015,1,4,"2",2,6\n';
    const result = await load(dataset, 'testing', file, {
      map: new Map([['H_data', 'H']]),
      timeFrom: ['YYYY', 'MM', 'DD', 'HH'],
    });
    expect(result).toMatchObject({ rows: 2, skipped: 2 });
    expect(result.problems.map(({ line, field }) => [line, field])).toEqual([
      [3, 'YYYY, MM, DD, HH'],
      [4, 'MM'],
    ]);
    const times = (await rowsOf(dataset, 'testing')).map((row) => row['date_time'] as Date);
    expect(times).toEqual([new Date('2015-01-04T00:00:00Z'), new Date('2015-01-04T02:00:00Z')]);
  });

  it('counts and reports bad rows with line, field, expectation and value, and stores the others', async () => {
    const dataset = await register();
    const bad = ['x,1', '301,1', ',1', '5', '5,1,2', '5,1001', '5,', `"'; DROP TABLE gits.users; --",1`];
    const file = `H_data,Quality\n${bad.join('\n')}\n5,1\n`;
    const result = await load(dataset, 'training', file);
    expect(result).toMatchObject({ rows: 1, skipped: bad.length });
    expect(result.problems).toEqual([
      { line: 2, field: 'H_data', expectation: 'a number from 0 to 300', value: '"x"' },
      { line: 3, field: 'H_data', expectation: 'a number from 0 to 300', value: '"301"' },
      { line: 4, field: 'H_data', expectation: 'a number from 0 to 300', value: 'missing' },
      { line: 5, field: 'line', expectation: 'a line of 2 fields', value: '"1 fields"' },
      { line: 6, field: 'line', expectation: 'a line of 2 fields', value: '"3 fields"' },
      { line: 7, field: 'Quality', expectation: 'a number from 0 to 1000', value: '"1001"' },
      { line: 8, field: 'Quality', expectation: 'a number from 0 to 1000', value: 'missing' },
      { line: 9, field: 'H_data', expectation: 'a number from 0 to 300', value: `"'; DROP TABLE gits.users; --"` },
    ]);
    await expectTrueCounts(store, dataset);
  });

  it('reports the first twenty bad rows only', async () => {
    const dataset = await register();
    const result = await load(dataset, 'training', `H_data,Quality\n${'x,1\n'.repeat(3000)}1,1\n`);
    expect(result).toMatchObject({ rows: 1, skipped: 3000 });
    expect(result.problems).toHaveLength(20);
  });

  it('stores nothing when it is to abort, when the file is broken, or when it is too large', async () => {
    const dataset = await register();
    const good = `H_data,Quality\n${'1,1\n'.repeat(5000)}`;
    await expect(load(dataset, 'training', `${good}x,1\n`, { onError: 'abort' })).rejects.toThrow(
      /^Line 5002: H_data must be/,
    );
    await expect(load(dataset, 'training', `${good}"1,1\n`)).rejects.toMatchObject({ code: 'unreadable-file' });
    await expect(load(dataset, 'training', gzipSync(good).subarray(0, -9))).rejects.toMatchObject({
      code: 'unreadable-file',
    });
    await expect(load(dataset, 'training', gzipSync(good).fill(7, 30, 60))).rejects.toMatchObject({
      code: 'unreadable-file',
    });
    await expect(load(dataset, 'training', 'Quality\n1\n')).rejects.toMatchObject({ code: 'import-refused' });
    const small = new ImportService(store.postgres, { ...store.environment, maxImportBytes: 10_000 }, new Transfers());
    await expect(small.import(dataset, 'training', Readable.from([gzipSync(good)]), SKIP)).rejects.toMatchObject({
      status: 413,
    });
    expect(await rowsOf(dataset, 'training')).toEqual([]);
    await expectTrueCounts(store, dataset);
  });

  it('stores nothing when the sender goes away in the middle, and goes on working', async () => {
    const dataset = await register();
    for (let i = 0; i < 6; i += 1) {
      const file = Readable.from(
        (async function* () {
          yield Buffer.from(`H_data,Quality\n${'1,1\n'.repeat(5000)}`);
          throw new Error('aborted');
        })(),
      );
      await expect(imports.import(dataset, 'training', file, SKIP)).rejects.toThrow('aborted');
    }
    expect(await load(dataset, 'training', 'H_data,Quality\n1,1\n')).toMatchObject({ rows: 1 });
    await expectTrueCounts(store, dataset);
  });

  it('reads NDJSON, also packed', async () => {
    const dataset = await register({ timeColumns: ['measured'] });
    const lines = [
      {
        H_data: 1,
        Mode: MIXED_DATASET.features[1]!.categories![1],
        select: false,
        Quality: 3,
        measured: '2026-01-31T08:30:00Z',
        AH: 9,
      },
      { H_data: '1', Quality: 3, measured: 1769848200000 },
      { H_data: 2, Quality: 4 },
      { h_data: 3, Quality: 4, measured: 1769848200000 },
    ];
    const file = gzipSync(lines.map((line) => JSON.stringify(line)).join('\n'));
    const result = await load(dataset, 'training', file, { format: 'ndjson' });
    expect(result).toMatchObject({ rows: 2, skipped: 2, columns: { ignored: ['AH'] } });
    expect(result.problems.map(({ line, field }) => [line, field])).toEqual([
      [2, 'H_data'],
      [3, 'date_time'],
    ]);
  });

  it('leaves production rows that are there as they are', async () => {
    const dataset = await register();
    const file = `job_id,date_time,H_data,prediction,Quality\n${JOBS[0]},2026-01-31,1,2,\n${JOBS[1]},2026-01-31,1,2,3\n`;
    expect(await load(dataset, 'production', file)).toMatchObject({ rows: 2, duplicates: 0 });
    expect(await load(dataset, 'production', file)).toMatchObject({ rows: 0, duplicates: 2 });
    await expectTrueCounts(store, dataset);
  });

  it.each(['csv', 'ndjson'] as const)(
    'gets every row back from its own %s export, texts that attack a spreadsheet included',
    async (format) => {
      const from = await register();
      const modes = MIXED_DATASET.features[1]!.categories!;
      const lines = modes.map((Mode, index) =>
        JSON.stringify({
          job_id: `0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a1${index}`,
          H_data: index / 3,
          Mode,
          select: index % 2 === 0,
          prediction: 1 / 7,
          date_time: `2026-01-31T08:30:0${index}.123Z`,
          model: index === 0 ? '=HYPERLINK("x")' : '@a,"b"',
          model_version: 1,
          ...(index === 1 ? { Quality: 7 } : {}),
        }),
      );
      await load(from, 'production', lines.join('\n'), { format: 'ndjson' });
      const file = await dump(from, 'production', format);
      if (format === 'csv') expect(file).not.toMatch(/(^|,)"?[=@+-]/m);
      const to = await register();
      expect(await load(to, 'production', file, { format })).toMatchObject({
        rows: modes.length,
        skipped: 0,
        problems: [],
      });
      expect(await rowsOf(to, 'production')).toEqual(await rowsOf(from, 'production'));
      expect(await dump(to, 'production', format)).toBe(file);
    },
  );

  it('exports chosen columns within a time range, by time', async () => {
    const dataset = await register();
    await load(dataset, 'training', 'date_time,H_data,Quality\n2026-02-03,3,1\n2026-02-01,1,1\n2026-02-02,2,1\n');
    expect(
      await dump(dataset, 'training', 'csv', { columns: 'H_data,date_time', from: '2026-02-01', to: '2026-02-03' }),
    ).toBe('H_data,date_time\n1,2026-02-01T00:00:00.000Z\n2,2026-02-02T00:00:00.000Z\n');
    expect(await dump(dataset, 'training', 'ndjson', { columns: 'H_data,select', from: '2026-02-03' })).toBe(
      '{"H_data":3,"select":null}\n',
    );
    expect(await dump(dataset, 'training', 'csv', { columns: 'H_data', from: '2030-01-01' })).toBe('H_data\n');
  });

  it('lets go of an export whose reader goes away, and takes the next one', async () => {
    const dataset = await register();
    const values = Array.from({ length: 50_000 }, (_, index) => `${index % 300},1`).join('\n');
    await imports.import(dataset, 'training', Readable.from([Buffer.from(`H_data,Quality\n${values}\n`)]), SKIP);
    for (let i = 0; i < 6; i += 1) {
      const rows = await exports.export(dataset, 'training', selectRows(dataset, 'training', {}), 'csv');
      await new Promise((done) => rows.once('data', done));
      rows.destroy();
    }
    const whole = await buffer(await exports.export(dataset, 'training', selectRows(dataset, 'training', {}), 'csv'));
    expect(whole.toString().trim().split('\n')).toHaveLength(50_001);
  });

  it('takes no more transfers at once than it has places for', async () => {
    const dataset = await register();
    const busy = new ExportService(store.postgres, new Transfers());
    const start = () => busy.export(dataset, 'training', selectRows(dataset, 'training', {}), 'csv');
    const open = await Promise.all([start(), start(), start(), start()]);
    await expect(start()).rejects.toMatchObject({ status: 503, code: 'too-many-transfers' });
    await Promise.all(open.map((rows) => text(rows)));
    await text(await start());
  });
});
