import { type OnnxSummary, type OnnxValue, describeValue } from './onnx-summary.js';
import { OnnxRefusedError } from './onnx-refused-error.js';

export type FloatType = 'float' | 'double';

/** How rows go into a model: one matrix [N, width], or one column [N, 1] per feature. */
export type SignatureInput =
  | { kind: 'tensor'; name: string; elementType: FloatType }
  | { kind: 'columns'; columns: { name: string; elementType: FloatType; featureIndex: number }[] };

/** What comes out. `classes[k]` is the class of the k-th probability column. */
export type SignatureOutput =
  | { task: 'regression'; name: string }
  | {
      task: 'classification';
      label: { name: string; elementType: 'int64' | 'string' };
      /** With `zipMap`, `name` is the tensor behind the model's ZipMap output, which the runtime cannot hand to Node itself. */
      probabilities: { name: string; zipMap: boolean };
      classes: (string | number)[];
    };

/** How a dataset's rows and a model fit together; plain JSON, kept with the model version. */
export interface ModelSignature {
  /** The dataset's features, in the order of a row's values. */
  featureNames: string[];
  input: SignatureInput;
  output: SignatureOutput;
}

export interface SignatureRequest {
  featureNames: readonly string[];
  task: 'regression' | 'classification';
}

/** Most classes a classifier may have. */
const MAX_CLASSES = 1_000;

/**
 * Finds how a dataset's features feed the model and which outputs are the prediction.
 *
 * @throws OnnxRefusedError naming what the model has and what the dataset needs.
 */
export function resolveSignature(summary: OnnxSummary, request: SignatureRequest): ModelSignature {
  return {
    featureNames: [...request.featureNames],
    input: resolveInput(summary.inputs, request.featureNames),
    output: request.task === 'regression' ? resolveRegression(summary.outputs) : resolveClassification(summary.outputs),
  };
}

function resolveInput(inputs: OnnxValue[], featureNames: readonly string[]): SignatureInput {
  const width = featureNames.length;
  const only = inputs.length === 1 ? inputs[0] : undefined;
  if (only !== undefined) {
    return { kind: 'tensor', name: only.name, elementType: matrixType(only, width, `its ${width} features`) };
  }
  if (inputs.length !== width) {
    throw new OnnxRefusedError(
      'input-count',
      `The model has ${inputs.length} inputs (${list(inputs.map(describeValue))}); expected is one of shape [N, ${width}], or one of shape [N, 1] for each of the dataset's ${width} features.`,
      'Export the model on exactly the columns of the dataset.',
    );
  }
  const columns = inputs.map((input) => ({
    name: input.name,
    elementType: matrixType(input, 1, 'one feature'),
    featureIndex: featureIndex(input.name, featureNames),
  }));
  const taken = new Set(columns.map((column) => column.featureIndex));
  if (taken.size !== width) {
    const missing = featureNames.filter((_, index) => !taken.has(index));
    throw new OnnxRefusedError(
      'input-name',
      `Two inputs of the model go by the same feature, and none takes ${list(missing)}.`,
    );
  }
  return { kind: 'columns', columns };
}

/** Exact name first, then without regard to case. */
function featureIndex(name: string, featureNames: readonly string[]): number {
  const exact = featureNames.indexOf(name);
  if (exact >= 0) return exact;
  const index = featureNames.findIndex((feature) => feature.toLowerCase() === name.toLowerCase());
  if (index >= 0) return index;
  throw new OnnxRefusedError(
    'input-name',
    `The model has an input "${name}", but the dataset has no feature of that name. Its features are ${list(featureNames)}.`,
    'Name the inputs after the features in initial_types, or export with one input for all columns.',
  );
}

/** Element type of an input that must be [N, width]. */
function matrixType(input: OnnxValue, width: number, what: string): FloatType {
  const found = `The model's input ${describeValue(input)}`;
  const type = input.type;
  if (type.kind !== 'tensor' || (type.elementType !== 'float' && type.elementType !== 'double')) {
    throw new OnnxRefusedError(
      'input-type',
      `${found} does not take numbers as float or double. Categories go into a model as numbers (their position in the dataset's list), missing values as NaN.`,
      'Export with FloatTensorType for every input.',
    );
  }
  if (type.shape?.length !== 2) {
    throw new OnnxRefusedError(
      'input-rank',
      `${found} does not take a table: expected is the shape [N, ${width}] (rows, columns).`,
    );
  }
  const [rows, columns] = type.shape;
  if (columns !== width) {
    throw new OnnxRefusedError(
      'input-width',
      `${found} takes ${columns ?? 'an open number of'} columns; the dataset needs ${width} (${what}).`,
      'Train and export the model on exactly the features of the dataset, in their order.',
    );
  }
  if (typeof rows === 'number') {
    throw new OnnxRefusedError(
      'fixed-batch',
      `${found} takes exactly ${rows} rows at a time; the number of rows must be open.`,
      'scikit-learn: FloatTensorType([None, n]). PyTorch: torch.onnx.export(..., dynamic_axes={"input": {0: "N"}, "output": {0: "N"}}).',
    );
  }
  return type.elementType;
}

function isLabel({ type }: OnnxValue): boolean {
  return type.kind === 'tensor' && (type.elementType === 'int64' || type.elementType === 'string');
}

function isFloat(output: OnnxValue): boolean {
  return output.type.kind === 'tensor' && (output.type.elementType === 'float' || output.type.elementType === 'double');
}

function resolveRegression(outputs: OnnxValue[]): SignatureOutput {
  const numbers = outputs.filter(isFloat);
  const only = numbers[0];
  if (only === undefined || outputs.some(isLabel)) {
    throw new OnnxRefusedError(
      'output-type',
      `The dataset's task is regression, which needs an output of float or double; the model has ${list(outputs.map(describeValue))}.`,
      'If this is a classifier, upload it to a dataset whose task is classification.',
    );
  }
  if (outputs.length > 1) {
    throw new OnnxRefusedError(
      'output-count',
      `The dataset's task is regression, which needs one output; the model has ${outputs.length}: ${list(outputs.map(describeValue))}.`,
      'Export only the prediction.',
    );
  }
  const shape = only.type.kind === 'tensor' ? only.type.shape : null;
  const columns = shape?.[1] ?? 1;
  if (shape != null && (shape.length > 2 || (typeof columns === 'number' && columns !== 1))) {
    throw new OnnxRefusedError(
      'output-shape',
      `The model's output ${describeValue(only)} is not one number per row, [N] or [N, 1].`,
    );
  }
  return { task: 'regression', name: only.name };
}

function resolveClassification(outputs: OnnxValue[]): SignatureOutput {
  const found = list(outputs.map(describeValue));
  const labels = outputs.filter(isLabel);
  const scores = outputs.filter((output) => isFloat(output) || output.type.kind === 'sequence-of-maps');
  const [label] = labels;
  const [score] = scores;
  if (label === undefined || score === undefined) {
    throw new OnnxRefusedError(
      'output-type',
      `The dataset's task is classification, which needs two outputs: the class (int64 or string, [N]) and the probabilities (float, [N, classes]). The model has ${found}.`,
      'Export the classifier with its probabilities; a neural network needs an ArgMax output beside the Softmax.',
    );
  }
  if (outputs.length !== 2) {
    throw new OnnxRefusedError(
      'output-count',
      `Expected are two outputs, the class and its probabilities; the model has ${outputs.length}: ${found}.`,
    );
  }
  const classes = resolveClasses(label, score);
  if (classes.length < 2 || classes.length > MAX_CLASSES || new Set(classes).size !== classes.length) {
    throw new OnnxRefusedError(
      'classes',
      `The model names ${classes.length} classes; expected are 2 to ${MAX_CLASSES} different ones.`,
    );
  }
  const elementType = label.type.kind === 'tensor' && label.type.elementType === 'string' ? 'string' : 'int64';
  if (classes.some((value) => (typeof value === 'string') !== (elementType === 'string'))) {
    throw new OnnxRefusedError(
      'classes',
      `The class output ${describeValue(label)} and the model's list of classes differ in type.`,
    );
  }
  const zipMap = score.zipMap;
  return {
    task: 'classification',
    label: { name: label.name, elementType },
    probabilities: zipMap === undefined ? { name: score.name, zipMap: false } : { name: zipMap.tensor, zipMap: true },
    classes,
  };
}

/** Which class each probability column stands for. */
function resolveClasses(label: OnnxValue, score: OnnxValue): (string | number)[] {
  if (score.zipMap !== undefined) return score.zipMap.classes;
  const width = score.type.kind === 'tensor' ? score.type.shape?.[1] : undefined;
  if (score.type.kind !== 'sequence-of-maps') {
    if (label.classes === 'positions' && typeof width === 'number') return Array.from({ length: width }, (_, k) => k);
    if (label.classes !== undefined && label.classes !== 'positions') return label.classes.values;
  }
  throw new OnnxRefusedError(
    'classes',
    `The model does not tell which class each probability belongs to (outputs ${describeValue(label)}, ${describeValue(score)}).`,
    'Export with skl2onnx or onnxmltools and options={"zipmap": False}; a neural network needs an ArgMax and an output of shape [N, classes].',
  );
}

/** A list for a message, cut after a dozen. */
function list(items: readonly string[]): string {
  return items.length <= 12 ? items.join(', ') : `${items.slice(0, 12).join(', ')} and ${items.length - 12} more`;
}
