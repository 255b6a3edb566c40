import type { ColumnType, Dataset, DatasetColumn, Split } from './dataset.js';

/** How a cell of a split's table is typed. */
export type StoredType = ColumnType | 'rowId' | 'uuid' | 'time' | 'text' | 'integer';

/** One column of the table of a split. */
export interface StoredColumn {
  readonly name: string;
  readonly type: StoredType;
  readonly nullable: boolean;
  /** The dataset's column behind it: a feature or the target. */
  readonly column?: DatasetColumn;
  readonly part: 'key' | 'feature' | 'target' | 'prediction' | 'record';
}

/**
 * Names of the tables' own columns and of PostgreSQL's system columns, in lower case: no feature may be called so.
 * `__proto__` would not be an ordinary key of a JavaScript object.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...['row_id', 'job_id', 'date_time', 'prediction', 'labeled_at', 'model', 'model_version', '__proto__'],
  ...['tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax'],
]);

const ROW_ID: StoredColumn = { name: 'row_id', type: 'rowId', nullable: false, part: 'key' };
const DATE_TIME: StoredColumn = { name: 'date_time', type: 'time', nullable: false, part: 'key' };

/** The columns of `data.<dataset>_<split>`, in the order of the table. */
export function storedColumns(dataset: Dataset, split: Split): StoredColumn[] {
  const features = dataset.features.map((column): StoredColumn => ({
    ...typeOf(column),
    nullable: column.nullable,
    part: 'feature',
  }));
  const target: StoredColumn = { ...typeOf(dataset.target), nullable: split === 'production', part: 'target' };
  if (split !== 'production') {
    return [ROW_ID, { name: 'job_id', type: 'uuid', nullable: true, part: 'record' }, DATE_TIME, ...features, target];
  }
  return [
    { name: 'job_id', type: 'uuid', nullable: false, part: 'key' },
    DATE_TIME,
    ...features,
    target,
    { name: 'prediction', type: dataset.task === 'regression' ? 'number' : 'text', nullable: true, part: 'prediction' },
    { name: 'labeled_at', type: 'time', nullable: true, part: 'record' },
    { name: 'model', type: 'text', nullable: true, part: 'record' },
    { name: 'model_version', type: 'integer', nullable: true, part: 'record' },
  ];
}

/** The column that names one row of a split. */
export function keyColumn(split: Split): 'row_id' | 'job_id' {
  return split === 'production' ? 'job_id' : 'row_id';
}

function typeOf(column: DatasetColumn) {
  return { name: column.name, type: column.type, column };
}
