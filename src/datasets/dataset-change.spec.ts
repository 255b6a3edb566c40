import { PRODUCT_QUALITY_DATASET } from '../simulator/product-quality-dataset.js';
import { type InvalidProblem } from '../platform/http/problem.js';
import { type DatasetChange, changeDataset } from './dataset-change.js';
import { alterTables, createTables } from './dataset-table.js';
import type { Dataset } from './dataset.js';

const DATASET: Dataset = {
  ...PRODUCT_QUALITY_DATASET,
  features: [
    { name: 'h_data', type: 'number', minimum: 50, maximum: 300, nullable: false },
    { name: 'mode', type: 'category', categories: ['idle', 'run'], nullable: false },
  ],
};

function refusals(change: DatasetChange): string[] {
  try {
    changeDataset(DATASET, change);
  } catch (error) {
    return (error as InvalidProblem).errors.map(({ pointer }) => pointer);
  }
  throw new Error('the change was accepted');
}

describe('changeDataset', () => {
  it('widens ranges, allows missing values and puts new categories behind the present ones', () => {
    const after = changeDataset(DATASET, {
      description: 'new',
      columns: [
        { name: 'h_data', minimum: 40, maximum: null, unit: 'mm', nullable: true },
        { name: 'mode', addCategories: ['clean'] },
        { name: 'quality', description: 'lab' },
      ],
      addFeatures: [{ name: 'moisture', type: 'number', nullable: true }],
    });
    expect(after.description).toBe('new');
    expect(after.features).toEqual([
      { name: 'h_data', type: 'number', minimum: 40, unit: 'mm', nullable: true },
      { name: 'mode', type: 'category', categories: ['idle', 'run', 'clean'], nullable: false },
      { name: 'moisture', type: 'number', nullable: true },
    ]);
    expect(after.target.description).toBe('lab');
    expect(DATASET.features).toHaveLength(2);
  });

  it('refuses what would make stored rows invalid, naming each field', () => {
    expect(refusals({ columns: [{ name: 'h_data', minimum: 51, maximum: 299 }] })).toEqual([
      '/columns/0/minimum',
      '/columns/0/maximum',
    ]);
    expect(refusals({ columns: [{ name: 'mode', minimum: 1 }] })).toEqual(['/columns/0/minimum']);
    expect(refusals({ columns: [{ name: 'h_data', addCategories: ['x'] }] })).toEqual(['/columns/0/addCategories']);
    expect(refusals({ columns: [{ name: '"; DROP TABLE x' }] })).toEqual(['/columns/0/name']);
    expect(refusals({ addFeatures: [{ name: 'moisture', type: 'number', nullable: false }] })).toEqual([
      '/addFeatures/0/nullable',
    ]);
  });

  it('alters the three tables by one statement each, and only when something of them changes', () => {
    const after = changeDataset(DATASET, {
      columns: [{ name: 'h_data', nullable: true }],
      addFeatures: [{ name: 'Moisture', type: 'number', nullable: true }],
    });
    expect(alterTables(DATASET, after)).toEqual(
      ['training', 'testing', 'production'].map(
        (split) =>
          `ALTER TABLE data."product_quality_${split}" ALTER COLUMN "h_data" DROP NOT NULL, ADD COLUMN "Moisture" double precision`,
      ),
    );
    expect(alterTables(DATASET, changeDataset(DATASET, { columns: [{ name: 'h_data', minimum: 0 }] }))).toEqual([]);
  });

  it('keeps the time column in every unique key of the tables', () => {
    const keys = createTables(DATASET).flatMap(
      (statement) => statement.match(/(PRIMARY KEY|UNIQUE INDEX ON \S+) \([^)]*\)/g) ?? [],
    );
    expect(keys).toHaveLength(5);
    for (const key of keys) expect(key).toContain('date_time');
  });
});
