import fc from 'fast-check';
import type { Dataset, DatasetColumn } from './dataset.js';
import { PayloadProblem } from './payload-problem.js';
import { compilePayload } from './payload-validator.js';

function dataset(features: DatasetColumn[], timeColumns: string[] = []): Dataset {
  return {
    name: 'roaster',
    description: '',
    task: 'regression',
    features,
    target: { name: 'quality', type: 'number', nullable: false },
    payloadKey: 'roaster',
    timeColumns,
  };
}

const HEIGHT: DatasetColumn = { name: 'h_data', type: 'number', minimum: 50, maximum: 300, nullable: false };
const HEAT: DatasetColumn = { name: 'T_data_1_1', type: 'number', nullable: true };
const MODE: DatasetColumn = {
  name: 'mode',
  type: 'category',
  categories: ['idle', "'; DROP TABLE x; --", 'run'],
  nullable: false,
};
const OPEN: DatasetColumn = { name: 'open', type: 'boolean', nullable: true };
const ALL = [HEIGHT, HEAT, MODE, OPEN];

function read(definition: Dataset, payload: unknown, reader = compilePayload(definition)) {
  const into = new Float64Array(definition.features.length).fill(-1);
  const answer = reader.read(payload, into, 0);
  return { answer, into: [...into] };
}

function problemOf(definition: Dataset, payload: unknown): PayloadProblem {
  const { answer, into } = read(definition, payload);
  expect(into).toEqual(definition.features.map(() => -1));
  expect(answer).toBeInstanceOf(PayloadProblem);
  return answer as PayloadProblem;
}

describe('PayloadReader', () => {
  it('reads the positional form', () => {
    const { answer, into } = read(dataset(ALL), { roaster: [169.94, 279, 'run', true] });
    expect(answer).toEqual({});
    expect(into).toEqual([169.94, 279, 2, 1]);
  });

  it('reads missing values as NaN where they are allowed, in both forms', () => {
    expect(read(dataset(ALL), { roaster: [50, null, 'idle', null] }).into).toEqual([50, Number.NaN, 0, Number.NaN]);
    expect(read(dataset(ALL), { roaster: { mode: 'idle', h_data: 300 } }).into).toEqual([
      300,
      Number.NaN,
      0,
      Number.NaN,
    ]);
  });

  it('writes to its place in the matrix and nowhere else', () => {
    const into = new Float64Array(6).fill(-1);
    compilePayload(dataset([HEIGHT, HEAT])).read({ roaster: [60, 70] }, into, 2);
    expect([...into]).toEqual([-1, -1, 60, 70, -1, -1]);
  });

  it('reads the named form as the positional one, for any values, and refuses the same ones for the same field', () => {
    const values = fc.tuple(
      fc.oneof(fc.double({ min: 0, max: 350, noNaN: true }), fc.string(), fc.constant(null), fc.boolean()),
      fc.oneof(fc.double({ noNaN: true }), fc.constant(null), fc.string()),
      fc.oneof(fc.constantFrom(...MODE.categories!), fc.string(), fc.constant(null), fc.double()),
      fc.oneof(fc.boolean(), fc.constant(null), fc.constantFrom(0, 1, 'true')),
    );
    const definition = dataset(ALL);
    const reader = compilePayload(definition);
    fc.assert(
      fc.property(values, (row) => {
        const positional = read(definition, { roaster: row }, reader);
        const byName = Object.fromEntries(ALL.map((column, index) => [column.name, row[index]]));
        const named = read(definition, { roaster: byName }, reader);
        expect(named).toEqual(positional);
      }),
    );
  });

  it('names the first bad field, whichever it is', () => {
    const bad = new Map<DatasetColumn, unknown[]>([
      [HEIGHT, [49.9, 300.1, '169', null, true, [], {}, Infinity, Number.NaN]],
      [HEAT, ['279', false, {}, -Infinity]],
      [MODE, ['Idle', '', 0, null, 'constructor', '__proto__']],
      [OPEN, [0, 1, 'true']],
    ]);
    const good = [100, 200, 'run', false];
    ALL.forEach((column, index) => {
      for (const value of bad.get(column)!) {
        const row = good.map((other, at) => (at >= index ? value : other));
        expect(problemOf(dataset(ALL), { roaster: row })).toMatchObject({ field: column.name, value });
      }
    });
  });

  it('says what the field must be and what it is', () => {
    const { message } = problemOf(dataset(ALL), { roaster: [4711, 1, 'run', true] });
    expect(message).toBe('h_data must be a number from 50 to 300, but is 4711');
    expect(problemOf(dataset(ALL), { roaster: { h_data: 60 } }).message).toBe(
      `mode must be one of "idle", "'; DROP TABLE x; --", "run", but is missing`,
    );
    expect(problemOf(dataset(ALL), { roaster: [1, 2] }).message).toBe(
      'roaster must be an array of 4 values or an object ("h_data", "T_data_1_1", "mode", "open"), but is an array of 2 values',
    );
  });

  it.each([
    ['no object', 42, 'payload'],
    ['null', null, 'payload'],
    ['an array', [1, 2], 'payload'],
    ['an empty object', {}, 'roaster'],
    ['another key', { product: [60, 1] }, 'product'],
    ['a second key', { roaster: [60, 1], extra: 1 }, 'extra'],
    ['a text', { roaster: '60,1' }, 'roaster'],
    ['null as content', { roaster: null }, 'roaster'],
    ['too many values', { roaster: [60, 1, 2] }, 'roaster'],
    ['too few values', { roaster: [60] }, 'roaster'],
    ['an unknown column', { roaster: { h_data: 60, nonsense: 1 } }, 'nonsense'],
    ['the target', { roaster: { h_data: 60, quality: 1 } }, 'quality'],
    ['a missing column', { roaster: { T_data_1_1: 60 } }, 'h_data'],
    ['an injected prototype', JSON.parse('{"roaster": {"__proto__": {"h_data": 60}}}'), 'h_data'],
  ])('refuses %s', (_, payload, field) => {
    expect(problemOf(dataset([HEIGHT, HEAT]), payload).field).toBe(field);
  });

  it('does not take what every object inherits for a value', () => {
    const inherited = dataset([
      { name: 'constructor', type: 'number', nullable: false },
      { name: 'toString', type: 'number', nullable: true },
    ]);
    expect(problemOf(inherited, { roaster: {} }).field).toBe('constructor');
    expect(read(inherited, { roaster: { constructor: 4 } }).into).toEqual([4, Number.NaN]);
  });

  it('survives a payload that is nested very deeply', () => {
    const deep = JSON.parse(`{"roaster":[60,${'['.repeat(50_000)}${']'.repeat(50_000)}]}`) as unknown;
    expect(problemOf(dataset([HEIGHT, HEAT]), deep).message).toContain('but is an array of 1 values');
  });

  it('cuts long values short in its message', () => {
    expect(problemOf(dataset([HEIGHT, HEAT]), { roaster: ['x'.repeat(10_000), 1] }).message.length).toBeLessThan(200);
  });

  it('takes the event time from one column, or from date_time', () => {
    const time = Date.parse('2026-01-31T08:30:00Z');
    const definition = dataset([HEIGHT], ['measured']);
    expect(read(definition, { roaster: { h_data: 60, measured: '2026-01-31T08:30:00Z' } }).answer).toEqual({
      eventTime: time,
    });
    expect(read(definition, { roaster: { h_data: 60, measured: time } }).answer).toEqual({ eventTime: time });
    expect(read(dataset([HEIGHT]), { roaster: { h_data: 60, date_time: '2026-01-31 08:30' } }).answer).toEqual({
      eventTime: time,
    });
    expect(read(definition, { roaster: { h_data: 60 } }).answer).toEqual({});
    expect(problemOf(definition, { roaster: { h_data: 60, measured: 'soon' } }).field).toBe('measured');
    expect(problemOf(definition, { roaster: { h_data: 60, measured: null } }).field).toBe('measured');
  });

  it('takes the event time from its parts, all of them', () => {
    const definition = dataset([HEIGHT], ['YYYY', 'MM', 'DD', 'HH']);
    const parts = { YYYY: 2015, MM: 1, DD: 4, HH: 7 };
    expect(read(definition, { roaster: { h_data: 60, ...parts } }).answer).toEqual({
      eventTime: Date.UTC(2015, 0, 4, 7),
    });
    expect(problemOf(definition, { roaster: { h_data: 60, YYYY: 2015, MM: 1 } }).field).toBe('DD');
    expect(problemOf(definition, { roaster: { h_data: 60, ...parts, HH: '7' } }).field).toBe('HH');
    expect(problemOf(definition, { roaster: { h_data: 60, ...parts, DD: 31, MM: 2 } }).field).toBe('YYYY, MM, DD, HH');
  });
});
