/** How a column's values are typed in messages, files and tables. */
export type ColumnType = 'number' | 'category' | 'boolean';

export const COLUMN_TYPES: readonly ColumnType[] = ['number', 'category', 'boolean'];

/** What a model of the dataset predicts: a number, or one of the target's categories. */
export type Task = 'regression' | 'classification';

export const TASKS: readonly Task[] = ['regression', 'classification'];

/** The three kinds of rows a dataset keeps. Production rows carry the prediction and, later, the label. */
export type Split = 'training' | 'testing' | 'production';

export const SPLITS: readonly Split[] = ['training', 'testing', 'production'];

/** One column of a dataset: a feature or the target. */
export interface DatasetColumn {
  name: string;
  type: ColumnType;
  /** Unit as a person writes it, such as `°C`. */
  unit?: string;
  description?: string;
  /** Smallest allowed value, inclusive; numbers only. A message below it fails. */
  minimum?: number;
  /** Largest allowed value, inclusive; numbers only. A message above it fails. */
  maximum?: number;
  /** Whether a missing value is allowed. A missing feature goes into the model as NaN. */
  nullable: boolean;
  /** Allowed values of a category column. Its position in this list is the number a model sees. */
  categories?: string[];
}

/** A use case's schema: what a message holds, what is predicted, and how rows are stored. */
export interface Dataset {
  /** Unique name, also the stem of its tables: `data.<name>_<split>`. */
  name: string;
  description: string;
  task: Task;
  /** Features in the order in which a positional message lists them and a model takes them. */
  features: DatasetColumn[];
  /** What is predicted. */
  target: DatasetColumn;
  /** The key of a message's payload: `{"<payloadKey>": [...]}`. */
  payloadKey: string;
  /**
   * Where a row's event time comes from in messages and files: one column with an ISO 8601 time, or four to six columns
   * (year, month, day, hour, minute, second; UTC). Empty: the time of arrival.
   */
  timeColumns: string[];
}
