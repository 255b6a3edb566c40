import { InvalidProblem } from '../../platform/http/problem.js';
import type { ModelSignature } from '../../registry/onnx-gate/model-signature.js';
import type { Predictions } from '../../registry/onnx-gate/predictions.js';

/** A tensor of the Open Inference Protocol v2. */
export interface Tensor {
  name: string;
  shape: number[];
  datatype: string;
  data: unknown[];
}

export interface TensorMetadata {
  name: string;
  datatype: string;
  shape: number[];
}

const NUMBER_TYPES = ['FP16', 'FP32', 'FP64', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8', 'UINT16', 'UINT32', 'UINT64'];
const DATATYPES = { float: 'FP32', double: 'FP64', int64: 'INT64', string: 'BYTES' } as const;

/** The inputs a model takes. */
export function inputMetadata({ input, featureNames }: ModelSignature): TensorMetadata[] {
  if (input.kind === 'tensor') {
    return [{ name: input.name, datatype: DATATYPES[input.elementType], shape: [-1, featureNames.length] }];
  }
  return input.columns.map(({ name, elementType }) => ({ name, datatype: DATATYPES[elementType], shape: [-1, 1] }));
}

/** The outputs a model gives. */
export function outputMetadata({ output }: ModelSignature): TensorMetadata[] {
  if (output.task === 'regression') return [{ name: output.name, datatype: 'FP32', shape: [-1, 1] }];
  const { label, probabilities, classes } = output;
  return [
    { name: label.name, datatype: DATATYPES[label.elementType], shape: [-1] },
    { name: probabilities.name, datatype: 'FP32', shape: [-1, classes.length] },
  ];
}

/** Puts the tensors of a request into rows, in the order of the signature: row-major [rowCount, features]. */
export function readInputs(signature: ModelSignature, tensors: readonly Tensor[], maxRows: number) {
  const { input, featureNames } = signature;
  const width = featureNames.length;
  const wanted = inputMetadata(signature);
  for (const tensor of tensors) {
    if (wanted.some(({ name }) => name === tensor.name)) continue;
    const names = wanted.map(({ name }) => name).join(', ');
    throw invalid(`input "${tensor.name}" is not one of the model's: ${names}`);
  }
  const columns = wanted.map(({ name, shape }) => {
    const found = tensors.filter((tensor) => tensor.name === name);
    if (found.length !== 1) throw invalid(`input "${name}" must be given once, but is given ${found.length} times`);
    return readTensor(found[0]!, shape[1]!, maxRows);
  });
  const rowCount = columns[0]!.length / wanted[0]!.shape[1]!;
  if (input.kind === 'tensor') return { rows: columns[0]!, rowCount };
  const rows = new Float64Array(rowCount * width);
  input.columns.forEach(({ name, featureIndex }, position) => {
    const values = columns[position]!;
    if (values.length !== rowCount)
      throw invalid(`input "${name}" must have ${rowCount} rows, but has ${values.length}`);
    for (let row = 0; row < rowCount; row += 1) rows[row * width + featureIndex] = values[row]!;
  });
  return { rows, rowCount };
}

/** The answer's tensors, from the predictions of one or more batches. */
export function writeOutputs(signature: ModelSignature, parts: readonly Predictions[], rowCount: number): Tensor[] {
  return outputMetadata(signature).map(({ name, datatype, shape }, index) => ({
    name,
    datatype,
    shape: [rowCount, ...shape.slice(1)],
    data: parts.flatMap((part) => {
      if (part.task === 'regression') return Array.from(part.values, finiteOrNull);
      return index === 0 ? part.labels : Array.from(part.probabilities, finiteOrNull);
    }),
  }));
}

function readTensor(tensor: Tensor, width: number, maxRows: number): Float64Array {
  const { name, datatype, shape } = tensor;
  if (!NUMBER_TYPES.includes(datatype))
    throw invalid(`input "${name}": datatype must be one of ${NUMBER_TYPES.join(', ')}, but is "${datatype}"`);
  const [rows = 0] = shape;
  const fits = shape.length === 2 ? shape[1] === width : shape.length === 1 && width === 1;
  if (!fits || rows < 1 || !Number.isInteger(rows)) {
    throw invalid(
      `input "${name}": shape must be [rows, ${width}] with at least one row, but is [${shape.join(', ')}]`,
    );
  }
  if (rows > maxRows)
    throw invalid(
      `input "${name}": at most ${maxRows} rows are taken at once (GITS_MAX_INFER_ROWS), but there are ${rows}`,
    );
  const values = tensor.data.flat(1);
  if (values.length !== rows * width)
    throw invalid(`input "${name}": data must have ${rows * width} values, but has ${values.length}`);
  return Float64Array.from(values, (value, index) => {
    if (value === null) return Number.NaN;
    if (typeof value !== 'number')
      throw invalid(`input "${name}": data[${index}] must be a number, but is ${JSON.stringify(value)}`);
    return value;
  });
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function invalid(message: string): InvalidProblem {
  return new InvalidProblem('invalid-tensor', message);
}
