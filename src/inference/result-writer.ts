import type { Dataset, DatasetColumn } from '../datasets/dataset.js';

/** Writes the `result` of a job: one object with the features, the predicted target and the time, as JSON text. */
export interface ResultWriter {
  /**
   * @param features row-major [rows, features]; NaN is a missing value, a category its index, a boolean 0 or 1
   * @param row which row
   * @param eventTime epoch milliseconds
   */
  write(features: Float64Array, row: number, prediction: number | string, eventTime: number): string;
}

/** Prepares the writer of a dataset: every key is quoted once, not once per job. */
export function compileResult(dataset: Dataset): ResultWriter {
  const width = dataset.features.length;
  const keys = dataset.features.map((column, index) => `${index === 0 ? '[{' : ','}${JSON.stringify(column.name)}:`);
  const values = dataset.features.map(compileValue);
  const targetKey = `,${JSON.stringify(dataset.target.name)}:`;
  const target = compileTarget(dataset.target);
  return {
    write: (features, row, prediction, eventTime) => {
      let text = '';
      for (let i = 0; i < width; i += 1) text += keys[i]! + values[i]!(features[row * width + i]!);
      return `${text}${targetKey}${target(prediction)},"date_time":"${new Date(eventTime).toISOString()}"}]`;
    },
  };
}

function compileValue(column: DatasetColumn): (value: number) => string {
  if (column.type === 'boolean') return (value) => (Number.isNaN(value) ? 'null' : String(value === 1));
  if (column.type === 'number') return (value) => (Number.isNaN(value) ? 'null' : String(value));
  const quoted = (column.categories ?? []).map((category) => JSON.stringify(category));
  return (value) => quoted[value] ?? 'null';
}

/** A class label is given as the target's category or truth value where the model says it as a number. */
function compileTarget(target: DatasetColumn): (prediction: number | string) => string {
  if (target.type === 'number') return (prediction) => JSON.stringify(prediction);
  return (prediction) => JSON.stringify(labelOf(target, prediction));
}

/** The target's own value for what a classifier said: a position becomes its category. */
export function labelOf(target: DatasetColumn, prediction: number | string): string {
  if (typeof prediction === 'string') return prediction;
  if (target.type === 'boolean') return String(prediction === 1);
  return target.categories?.[prediction] ?? String(prediction);
}
