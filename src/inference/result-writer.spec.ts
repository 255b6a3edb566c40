import type { Dataset } from '../datasets/dataset.js';
import { compileResult, labelOf } from './result-writer.js';

const DATASET: Dataset = {
  name: 'd',
  description: '',
  task: 'regression',
  payloadKey: 'd',
  timeColumns: [],
  features: [
    { name: 'heat "in"', type: 'number', nullable: true },
    { name: 'line', type: 'category', nullable: true, categories: ['A', 'B'] },
    { name: 'open', type: 'boolean', nullable: true },
  ],
  target: { name: 'quality', type: 'number', nullable: false },
};
const TIME = Date.UTC(2026, 0, 12, 9, 8, 26, 590);

describe(compileResult.name, () => {
  it('writes values as people and programs read them, not as the model does', () => {
    const features = Float64Array.of(1.5, 1, 0, Number.NaN, Number.NaN, Number.NaN);
    const writer = compileResult(DATASET);
    expect(JSON.parse(writer.write(features, 0, 366.5, TIME))).toEqual([
      { 'heat "in"': 1.5, line: 'B', open: false, quality: 366.5, date_time: '2026-01-12T09:08:26.590Z' },
    ]);
    expect(JSON.parse(writer.write(features, 1, 1, TIME))).toMatchObject([
      { 'heat "in"': null, line: null, open: null },
    ]);
  });

  it('writes the class of a classification', () => {
    const target = { name: 'grade', type: 'category' as const, nullable: false, categories: ['bad', 'good'] };
    const writer = compileResult({ ...DATASET, task: 'classification', target });
    expect(JSON.parse(writer.write(new Float64Array(3), 0, 1, TIME))).toMatchObject([{ grade: 'good' }]);
    expect(JSON.parse(writer.write(new Float64Array(3), 0, 'bad', TIME))).toMatchObject([{ grade: 'bad' }]);
  });
});

describe(labelOf.name, () => {
  it('turns what a classifier said into a value of the target', () => {
    const truth = { name: 't', type: 'boolean' as const, nullable: false };
    expect(labelOf(truth, 1)).toBe('true');
    expect(labelOf(truth, 0)).toBe('false');
    expect(labelOf({ name: 't', type: 'category', nullable: false, categories: ['x', 'y'] }, 1)).toBe('y');
    expect(labelOf({ name: 't', type: 'number', nullable: false }, 66)).toBe('66');
  });
});
