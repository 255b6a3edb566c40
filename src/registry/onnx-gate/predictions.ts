import type { ModelSignature } from './model-signature.js';

/** Predictions of a batch, one entry per row. A row that the model cannot score is NaN. */
export type Predictions =
  | { task: 'regression'; values: Float64Array }
  | {
      task: 'classification';
      labels: (string | number)[];
      classes: readonly (string | number)[];
      /** Row-major, [rows, classes.length]. */
      probabilities: Float64Array;
    };

/** What a child process sends back: the runtime's own arrays, cheap to pass on. */
export type RawPredictions =
  | { values: Float32Array | Float64Array }
  | { labels: Float64Array | string[]; probabilities: Float32Array | Float64Array };

/** Widens the runtime's arrays to doubles (exact for float32) and adds the classes. */
export function toPredictions(raw: RawPredictions, signature: ModelSignature): Predictions {
  if ('values' in raw) return { task: 'regression', values: new Float64Array(raw.values) };
  const { output } = signature;
  return {
    task: 'classification',
    labels: Array.from<string | number>(raw.labels),
    classes: output.task === 'classification' ? output.classes : [],
    probabilities: new Float64Array(raw.probabilities),
  };
}
