import type { TensorProto } from './onnx-schema.js';
import { OnnxRefusedError } from './onnx-refused-error.js';
import type { Scalars } from './scalars.js';

/** Element types by their number in TensorProto.DataType. */
export const ELEMENT_TYPES: Record<number, string> = {
  1: 'float',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'double',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
};

const BYTES: Record<string, number> = {
  ...{ uint8: 1, int8: 1, bool: 1, uint16: 2, int16: 2, float16: 2, bfloat16: 2 },
  ...{ float: 4, int32: 4, uint32: 4, int64: 8, uint64: 8, double: 8, string: 1 },
};

const MAX_RANK = 8;

/**
 * Checks one constant: its data is in the file, of the length its dims promise, and within the limit.
 *
 * @param where how to call it in a message, such as `initializer "w"`
 * @returns its size in bytes
 */
export function inspectTensor(tensor: TensorProto, where: string, maxBytes: number): number {
  if (tensor.externalData > 0 || (tensor.dataLocation ?? 0) !== 0) {
    throw new OnnxRefusedError(
      'external-data',
      `The ${where} keeps its data in another file. External data is not allowed: a model must be one self-contained file.`,
      'Save it with onnx.save_model(model, path, save_as_external_data=False).',
    );
  }
  const type = ELEMENT_TYPES[tensor.dataType ?? 0];
  if (type === undefined || tensor.segment > 0) {
    throw new OnnxRefusedError(
      'tensor-type',
      `The ${where} has element type ${tensor.dataType ?? 0}, which tabular models do not use.`,
      'Export the model with float32 weights, not quantised.',
    );
  }
  const dims = tensor.dims.count > MAX_RANK ? null : tensor.dims.numbers();
  if (dims === null || dims.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new OnnxRefusedError(
      'initializer-size',
      `The ${where} has impossible dimensions (at most ${MAX_RANK}, each 0 or more).`,
    );
  }
  const elements = dims.reduce((product, size) => product * size, 1);
  const held = heldElements(tensor, type);
  if (held !== elements) {
    throw new OnnxRefusedError(
      'initializer-size',
      `The ${where} says it is ${type} [${dims.join(', ')}], which is ${elements} values, but the file holds ${held} of them.`,
      'The file is damaged or was made to mislead; export the model again.',
    );
  }
  const bytes = elements * BYTES[type]!;
  if (bytes > maxBytes) {
    throw new OnnxRefusedError('tensor-limit', `The ${where} takes ${bytes} bytes; at most ${maxBytes} are allowed.`);
  }
  return bytes;
}

/** Number of elements in the file, in whichever field they lie; -1 if in two at once. */
function heldElements(tensor: TensorProto, type: string): number {
  const typed = typedData(tensor, type);
  const all = [
    tensor.floatData,
    tensor.int32Data,
    tensor.stringData,
    tensor.int64Data,
    tensor.doubleData,
    tensor.uint64Data,
  ];
  if (all.some((data) => data !== typed && data.count > 0)) return -1;
  if (tensor.rawData === undefined) return typed.count;
  return typed.count > 0 || type === 'string' ? -1 : tensor.rawData.length / BYTES[type]!;
}

/** The field that onnx.proto3 names for an element type. */
function typedData(tensor: TensorProto, type: string): Scalars {
  if (type === 'float') return tensor.floatData;
  if (type === 'double') return tensor.doubleData;
  if (type === 'string') return tensor.stringData;
  if (type === 'int64') return tensor.int64Data;
  if (type === 'uint32' || type === 'uint64') return tensor.uint64Data;
  return tensor.int32Data;
}

/** Values of an integer or string constant of one dimension, as class labels have; undefined for other types. */
export function smallTensorValues(tensor: TensorProto): (string | number)[] | undefined {
  const type = ELEMENT_TYPES[tensor.dataType ?? 0];
  if (type === 'string') return tensor.stringData.strings();
  if (type !== 'int64' && type !== 'int32') return undefined;
  if (tensor.rawData === undefined) return typedData(tensor, type).numbers();
  const view = new DataView(tensor.rawData.buffer, tensor.rawData.byteOffset, tensor.rawData.byteLength);
  const width = BYTES[type]!;
  return Array.from({ length: view.byteLength / width }, (_, i) =>
    width === 8 ? Number(view.getBigInt64(i * 8, true)) : view.getInt32(i * 4, true),
  );
}
