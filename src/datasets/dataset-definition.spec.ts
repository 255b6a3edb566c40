import { PRODUCT_QUALITY_DATASET } from '../simulator/product-quality-dataset.js';
import { checkDefinition, definitionProblems } from './dataset-definition.js';
import type { Dataset, DatasetColumn } from './dataset.js';

const MAX_COLUMNS = 500;

function problems(change: Partial<Dataset>): string[] {
  return definitionProblems({ ...PRODUCT_QUALITY_DATASET, ...change }, MAX_COLUMNS).map(({ pointer }) => pointer);
}

function withFeature(change: Partial<DatasetColumn>): string[] {
  return problems({ features: [{ name: 'h_data', type: 'number', nullable: false, ...change }] });
}

const ATTACKS = [
  '',
  'x"; DROP TABLE gits.datasets; --',
  "x'); DELETE FROM gits.users; --",
  'pg_catalog.pg_class',
  'a\0b',
  'naïve',
  '../../etc/passwd',
  '<script>',
  'a b',
  '1abc',
  '__proto__',
  'x'.repeat(100),
];

describe('checkDefinition', () => {
  it('accepts the demo dataset', () => {
    expect(() => checkDefinition(PRODUCT_QUALITY_DATASET, MAX_COLUMNS)).not.toThrow();
  });

  it('accepts names of mixed case, and names that every object has', () => {
    expect(withFeature({ name: 'T_data_1_1' })).toEqual([]);
    expect(withFeature({ name: 'constructor' })).toEqual([]);
    expect(withFeature({ name: 'select' })).toEqual([]);
  });

  it.each([...ATTACKS, 'Upper', '_x', 'x'.repeat(41)])('refuses the dataset name %j', (name) => {
    expect(problems({ name })).toEqual(['/name']);
  });

  it.each(ATTACKS)('refuses the column name %j', (name) => {
    expect(withFeature({ name })).toEqual(['/features/0/name']);
    expect(problems({ target: { name, type: 'number', nullable: false } })).toEqual(['/target/name']);
    expect(problems({ timeColumns: [name] })).toEqual(['/timeColumns/0']);
  });

  it.each(['row_id', 'job_id', 'date_time', 'Prediction', 'LABELED_AT', 'model', 'model_version', 'ctid', 'xmin'])(
    'refuses the reserved name %s',
    (name) => {
      expect(withFeature({ name })).toEqual(['/features/0/name']);
    },
  );

  it('says what a field must be and what it is', () => {
    expect(() => checkDefinition({ ...PRODUCT_QUALITY_DATASET, name: 'X"y' }, MAX_COLUMNS)).toThrow(
      '/name must be 1 to 40 lower-case letters, digits and underscores, the first a letter, but is "X\\"y"',
    );
  });

  it('refuses names that differ in case only', () => {
    const twice = ['h_data', 'H_DATA'].map((name): DatasetColumn => ({ name, type: 'number', nullable: false }));
    expect(problems({ features: twice })).toEqual(['/features/1/name']);
    expect(problems({ features: [twice[0]!], target: { ...twice[1]! } })).toEqual(['/target/name']);
  });

  it('refuses ranges that are none', () => {
    expect(withFeature({ minimum: 2, maximum: 1 })).toEqual(['/features/0/maximum']);
    expect(withFeature({ minimum: Number.NaN })).toContain('/features/0/minimum');
    expect(withFeature({ type: 'boolean', minimum: 1 })).toEqual(['/features/0/minimum']);
  });

  it('refuses categories that are missing, repeated, unprintable or not wanted', () => {
    expect(withFeature({ type: 'category' })).toEqual(['/features/0/categories']);
    expect(withFeature({ type: 'category', categories: [] })).toEqual(['/features/0/categories']);
    expect(withFeature({ type: 'category', categories: ['a', 'a'] })).toEqual(['/features/0/categories']);
    expect(withFeature({ type: 'category', categories: ['a', 'b\0'] })).toEqual(['/features/0/categories/1']);
    expect(withFeature({ type: 'category', categories: [' a', 'b\ud800'] })).toHaveLength(2);
    expect(withFeature({ categories: ['a'] })).toEqual(['/features/0/categories']);
    expect(withFeature({ type: 'category', categories: ["'; DROP TABLE x", '=cmd()', 'ä'] })).toEqual([]);
  });

  it('wants a target that fits the task', () => {
    const target: DatasetColumn = { name: 'grade', type: 'category', categories: ['a', 'b'], nullable: false };
    expect(problems({ target })).toEqual(['/target/type']);
    expect(problems({ target, task: 'classification' })).toEqual([]);
    expect(problems({ task: 'classification' })).toEqual(['/target/type']);
    expect(problems({ target: { ...PRODUCT_QUALITY_DATASET.target, nullable: true } })).toEqual(['/target/nullable']);
  });

  it('wants none, one, or four to six time columns that are columns of their own', () => {
    expect(problems({ timeColumns: ['YYYY', 'MM', 'DD', 'HH'] })).toEqual([]);
    expect(problems({ timeColumns: ['date_time'] })).toEqual([]);
    expect(problems({ timeColumns: ['YYYY', 'MM'] })).toEqual(['/timeColumns']);
    expect(problems({ timeColumns: ['h_data'] })).toEqual(['/timeColumns/0']);
    expect(problems({ timeColumns: ['a', 'b', 'c', 'A'] })).toEqual(['/timeColumns/3']);
  });

  it('wants at least one feature, and at most the limit', () => {
    const many = Array.from({ length: 501 }, (_, index): DatasetColumn => ({
      name: `f${index}`,
      type: 'number',
      nullable: false,
    }));
    expect(problems({ features: [] })).toEqual(['/features']);
    expect(problems({ features: many })).toEqual(['/features']);
    expect(problems({ features: many.slice(1) })).toEqual([]);
  });

  it('refuses more columns than a page of PostgreSQL can hold, even if the limit allows them', () => {
    const many = Array.from({ length: 1200 }, (_, index): DatasetColumn => ({
      name: `f${index}`,
      type: 'number',
      nullable: false,
    }));
    expect(definitionProblems({ ...PRODUCT_QUALITY_DATASET, features: many }, 1500)[0]?.message).toContain(
      'bytes a row',
    );
  });
});
