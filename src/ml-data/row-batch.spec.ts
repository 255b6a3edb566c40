import fc from 'fast-check';
import { compilePayload } from '../datasets/payload-validator.js';
import type { Dataset } from '../datasets/dataset.js';
import { type InvalidProblem } from '../platform/http/problem.js';
import { planImport } from './import-columns.js';
import { readLabelEntries } from './label-entries.js';
import { readNamedRows, rowsOf } from './named-rows.js';
import { readChange } from './row-change.js';
import { decodeCursor, encodeCursor } from './row-cursor.js';
import { selectRows } from './row-selection.js';
import { RowBatch, writableColumns } from './row-batch.js';

const DATASET: Dataset = {
  name: 'roaster',
  description: '',
  task: 'regression',
  features: [
    { name: 'h_data', type: 'number', minimum: 50, maximum: 300, nullable: false },
    { name: 'Mode', type: 'category', categories: ['idle', "it's; DROP TABLE x", '=run()'], nullable: true },
    { name: 'open', type: 'boolean', nullable: true },
  ],
  target: { name: 'quality', type: 'number', minimum: 0, maximum: 1000, nullable: false },
  payloadKey: 'roaster',
  timeColumns: [],
};
const TIMED: Dataset = { ...DATASET, timeColumns: ['YYYY', 'MM', 'DD', 'HH'] };
const JOB = '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11';

function cell(batch: RowBatch, name: string, row = 0): unknown {
  const column = batch.column(name)!;
  return column.reader.kind === 'number' ? batch.numbers[column.index]![row] : batch.texts[column.index]![row];
}

function refusal(work: () => unknown): { code: string; pointers: string[]; message: string } {
  try {
    work();
  } catch (error) {
    const { code, errors, message } = error as InvalidProblem;
    return { code, pointers: errors.map(({ pointer }) => pointer), message };
  }
  throw new Error('nothing was refused');
}

describe('readNamedRows', () => {
  it('reads features, target and time by name', () => {
    const batch = readNamedRows(DATASET, 'training', [
      { h_data: 60, Mode: 'idle', open: true, quality: 366, date_time: '2026-01-31T08:30:00Z' },
      { quality: 1, h_data: 61 },
    ]);
    expect(batch.length).toBe(2);
    expect(['h_data', 'Mode', 'open', 'quality'].map((name) => cell(batch, name))).toEqual([60, 0, 1, 366]);
    expect(cell(batch, 'date_time')).toBe(Date.parse('2026-01-31T08:30:00Z'));
    expect(cell(batch, 'Mode', 1)).toBeNaN();
    expect(Math.abs((cell(batch, 'date_time', 1) as number) - Date.now())).toBeLessThan(5000);
  });

  it('puts the time together from the columns of the dataset', () => {
    const batch = readNamedRows(TIMED, 'testing', [{ h_data: 60, quality: 1, YYYY: 2015, MM: 1, DD: 4, HH: 7 }]);
    expect(cell(batch, 'date_time')).toBe(Date.UTC(2015, 0, 4, 7));
    expect(refusal(() => readNamedRows(TIMED, 'testing', [{ h_data: 60, quality: 1, YYYY: 2015 }])).pointers).toEqual([
      '/0/MM',
    ]);
  });

  it('names every bad row with its first bad field', () => {
    const rows = [
      { h_data: 49, quality: 1 },
      { h_data: 60, quality: 1 },
      { h_data: 60 },
      7,
      { h_data: 60, quality: 1, Nope: 1 },
      null,
    ];
    const { code, pointers, message } = refusal(() => readNamedRows(DATASET, 'training', rows));
    expect(code).toBe('invalid-rows');
    expect(pointers).toEqual(['/0/h_data', '/2/quality', '/3/', '/4/Nope', '/5/']);
    expect(message).toBe('/0/h_data must be a number from 50 to 300, but is 49 (5 rows are wrong)');
  });

  it('gives a production row a job id, and a labelled one the time of its label', () => {
    const batch = readNamedRows(DATASET, 'production', [
      { h_data: 60, prediction: 300 },
      { h_data: 60, quality: 310, job_id: JOB.toUpperCase() },
    ]);
    expect(cell(batch, 'job_id')).toMatch(/^[0-9a-f]{8}-/);
    expect(cell(batch, 'labeled_at')).toBeNaN();
    expect(cell(batch, 'job_id', 1)).toBe(JOB);
    expect(cell(batch, 'labeled_at', 1)).toBeGreaterThan(0);
  });

  it('reads the target of a result as the prediction when it is told so', () => {
    const batch = readNamedRows(DATASET, 'production', [{ h_data: 60, quality: 366.9 }], 'prediction');
    expect(cell(batch, 'prediction')).toBe(366.9);
    expect(cell(batch, 'quality')).toBeNaN();
  });

  it('takes at most ten thousand rows and at least one', () => {
    expect(rowsOf({ a: 1 })).toHaveLength(1);
    for (const count of [0, 10_001]) expect(refusal(() => rowsOf(Array(count).fill({}))).code).toBe('invalid-rows');
  });

  it('accepts and refuses the same feature values as messages do', () => {
    const reader = compilePayload(DATASET);
    const value = fc.oneof(
      fc.constantFrom('idle', '=run()', true, false, null, 0, 1, ''),
      fc.double(),
      fc.string(),
      fc.integer({ min: 40, max: 310 }),
    );
    fc.assert(
      fc.property(value, value, value, (h_data, Mode, open) => {
        const into = new Float64Array(3);
        const message = reader.read({ roaster: { h_data, Mode, open } }, into, 0);
        const batch = new RowBatch(DATASET, 'production', 1, 0);
        for (const [name, given] of Object.entries({ h_data, Mode, open })) batch.setJson(batch.column(name)!, given);
        const problem = batch.finish();
        expect(problem?.field).toBe('code' in message ? message.field : undefined);
        if (problem === undefined)
          expect(['h_data', 'Mode', 'open'].map((name) => cell(batch, name))).toEqual([...into]);
      }),
    );
  });
});

describe('RowBatch', () => {
  it('forgets the cells of a row that was dropped', () => {
    const batch = new RowBatch(DATASET, 'training', 4, 0);
    batch.setText(batch.column('Mode')!, 'idle');
    batch.setText(batch.column('h_data')!, 'broken');
    expect(batch.finish()).toMatchObject({ field: 'h_data', value: 'broken' });
    batch.setText(batch.column('h_data')!, '60');
    batch.setText(batch.column('quality')!, '1');
    expect(batch.finish()).toBeUndefined();
    expect(batch.length).toBe(1);
    expect(cell(batch, 'Mode')).toBeNaN();
  });

  it.each([
    [
      'h_data',
      [' 60 ', 60],
      ['6e1', 60],
      ['', Number.NaN],
      ['x', undefined],
      ['49', undefined],
      ['1e999', undefined],
      ['0x40', undefined],
    ],
    [
      'Mode',
      ['idle', 0],
      [" it's; DROP TABLE x", 1],
      ["'=run()", 2],
      ['=run()', 2],
      ['', Number.NaN],
      ['Idle', undefined],
    ],
    ['open', ['TRUE', 1], ['f', 0], ['0', 0], ['', Number.NaN], ['yes', undefined]],
    ['job_id', [JOB, JOB], ['', null], ["' OR 1=1", undefined]],
    ['date_time', ['2026-01-31', Date.UTC(2026, 0, 31)], ['', Number.NaN], ['soon', undefined]],
    ['model_version', ['3', 3], ['3.5', undefined], ['-1', undefined], ['', Number.NaN]],
    ['model', ['a', 'a'], ["'=cmd", '=cmd'], ['a\0', undefined], ['x'.repeat(201), undefined]],
  ] as [string, ...[string, unknown][]][])('reads texts of %s', (name, ...cases) => {
    const column = writableColumns(DATASET, 'production').find((candidate) => candidate.name === name)!;
    for (const [text, expected] of cases) expect(column.reader.fromText(text)).toEqual(expected);
  });
});

describe('planImport', () => {
  const columns = writableColumns(DATASET, 'training');
  const none = { map: new Map<string, string>(), timeFrom: undefined };

  it('finds columns by map, by name and in another case, and ignores the rest', () => {
    const plan = planImport(DATASET, columns, ['H', 'MODE', 'open', 'quality', 'AH'], {
      ...none,
      map: new Map([['h_data', 'H']]),
    });
    expect(plan.used).toEqual([
      { column: 'h_data', from: 'H' },
      { column: 'Mode', from: 'MODE' },
      { column: 'open', from: 'open' },
      { column: 'quality', from: 'quality' },
    ]);
    expect(plan.ignored).toEqual(['AH']);
  });

  it('takes the time from the named parts, from the parts of the dataset, or from date_time', () => {
    const header = ['h_data', 'quality', 'Y', 'M', 'D', 'H', 'date_time'];
    expect(planImport(DATASET, columns, header, { ...none, timeFrom: ['Y', 'M', 'D', 'H'] })).toMatchObject({
      timeNames: ['Y', 'M', 'D', 'H'],
      timeParts: [-1, -1, 0, 1, 2, 3, -1],
      ignored: ['date_time'],
    });
    expect(planImport(TIMED, columns, ['h_data', 'quality', 'yyyy', 'mm', 'dd', 'hh'], none).timeNames).toHaveLength(4);
    expect(planImport(DATASET, columns, header, none).targets[6]?.name).toBe('date_time');
    expect(planImport(TIMED, columns, ['h_data', 'quality'], { ...none, timeFrom: ['now'] }).timeNames).toEqual([]);
  });

  it.each([
    ['a feature is missing', ['quality'], {}],
    ['the target is missing', ['h_data'], {}],
    ['a mapped column is not in the file', ['h_data', 'quality'], { map: new Map([['h_data', 'x']]) }],
    ['a mapped column is not in the dataset', ['h_data', 'quality'], { map: new Map([['"; DROP', 'quality']]) }],
    ['a used column is there twice', ['h_data', 'h_data', 'quality'], {}],
    ['the case leaves a doubt', ['H_data', 'H_DATA', 'quality'], {}],
    ['a time column is not in the file', ['h_data', 'quality'], { timeFrom: ['YYYY', 'MM', 'DD', 'HH'] }],
    ['there are two time columns', ['h_data', 'quality', 'a', 'b'], { timeFrom: ['a', 'b'] }],
  ])('refuses a file when %s', (_, header, options) => {
    expect(refusal(() => planImport(DATASET, columns, header, { ...none, ...options })).code).toBe('import-refused');
  });

  it('refuses a file without the time columns of the dataset', () => {
    expect(refusal(() => planImport(TIMED, columns, ['h_data', 'quality'], none)).pointers).toEqual(['timeFrom']);
  });
});

describe('readChange', () => {
  it('takes features and target of training rows, and only the label of production rows', () => {
    expect([...readChange(DATASET, 'training', { h_data: 60, Mode: null, open: false })]).toEqual([
      ['h_data', 60],
      ['Mode', null],
      ['open', false],
    ]);
    expect([...readChange(DATASET, 'production', { quality: null })]).toEqual([['quality', null]]);
    expect(refusal(() => readChange(DATASET, 'production', { h_data: 60 })).pointers).toEqual(['/h_data']);
  });

  it.each([
    [{}],
    [null],
    [[]],
    [{ h_data: null }],
    [{ h_data: 1 }],
    [{ row_id: 1 }],
    [{ date_time: 1 }],
    [{ '"; DROP TABLE x': 1 }],
  ])('refuses %j', (body) => {
    expect(refusal(() => readChange(DATASET, 'training', body)).code).toBe('invalid-row');
  });
});

describe('readLabelEntries', () => {
  it('takes labels by job and by time', () => {
    expect(
      readLabelEntries(DATASET, [
        { job_id: JOB.toUpperCase(), label: 5 },
        { date_time: '2026-01-31', label: 6 },
      ]),
    ).toEqual([
      { jobId: JOB, label: 5 },
      { time: Date.UTC(2026, 0, 31), label: 6 },
    ]);
  });

  it.each([
    [{ label: 5 }],
    [{ job_id: JOB }],
    [{ job_id: JOB, label: '5' }],
    [{ job_id: JOB, label: 1001 }],
    [{ job_id: JOB, label: null }],
    [{ job_id: "' OR ''='", label: 5 }],
    [{ job_id: JOB, date_time: '2026-01-31', label: 5 }],
    [{ date_time: 'soon', label: 5 }],
    [{ job_id: JOB, label: 5, extra: 1 }],
    [7],
    [[]],
  ])('refuses %j', (entry) => {
    expect(refusal(() => readLabelEntries(DATASET, [entry])).code).toBe('invalid-labels');
  });
});

describe('row cursor', () => {
  it('comes back as it was', () => {
    const cursor = { order: 'asc' as const, time: 1_769_848_200_123, key: JOB };
    expect(decodeCursor(encodeCursor(cursor), 'asc')).toEqual(cursor);
  });

  it.each([
    '',
    'x',
    encodeCursor({ order: 'desc', time: 1, key: '1' }),
    Buffer.from('["asc",1,"1; DROP TABLE x"]').toString('base64url'),
    Buffer.from('["asc",1e300,"1"]').toString('base64url'),
    Buffer.from('{}').toString('base64url'),
  ])('refuses %j', (text) => {
    expect(refusal(() => decodeCursor(text, 'asc')).code).toBe('invalid-cursor');
  });
});

describe('selectRows', () => {
  it('reads columns and times', () => {
    const selection = selectRows(DATASET, 'training', {
      columns: 'h_data, quality',
      from: '2026-01-31',
      to: '1769848200123',
    });
    expect(selection.columns.map(({ name }) => name)).toEqual(['h_data', 'quality']);
    expect(selection).toMatchObject({ from: Date.UTC(2026, 0, 31), to: 1_769_848_200_123 });
  });

  it.each([
    [{ columns: 'h_data"; DROP TABLE x' }],
    [{ columns: 'prediction' }],
    [{ from: "now()'" }],
    [{ to: 'tomorrow' }],
  ])('refuses %j', (query) => {
    expect(refusal(() => selectRows(DATASET, 'training', query)).pointers).toHaveLength(1);
  });
});
