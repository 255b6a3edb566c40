import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FloatType, ModelSignature } from './model-signature.js';
import type { RawPredictions } from './predictions.js';
import { stripZipMap } from './strip-zip-map.js';

/** Rows of features, row-major; NaN is a missing value. */
export type Rows = Float32Array | Float64Array;

/** An output that is not what the signature promises. */
export class OutputShapeError extends Error {
  override readonly name = 'OutputShapeError';
  readonly code = 'output-shape';
}

/**
 * One model in ONNX Runtime: rows in, predictions out. `score` blocks the process while it runs and a bad model can crash it,
 * so this class belongs in child processes only; import it nowhere else.
 */
export class OnnxSession {
  private readonly outputNames: string[];

  private constructor(
    private readonly session: InferenceSession,
    private readonly signature: ModelSignature,
  ) {
    const { output } = signature;
    this.outputNames = output.task === 'regression' ? [output.name] : [output.label.name, output.probabilities.name];
  }

  /** Loads a model from the bytes of a file that has passed the gate, never from a path. */
  static async open(bytes: Uint8Array, signature: ModelSignature): Promise<OnnxSession> {
    const session = await InferenceSession.create(stripZipMap(bytes, signature), {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // The arena gains nothing at these sizes (measured) and keeps the memory of the largest batch for ever.
      enableCpuMemArena: false,
      enableMemPattern: false,
      logSeverityLevel: 4,
    });
    return new OnnxSession(session, signature);
  }

  /**
   * Scores `rowCount` rows.
   *
   * @throws OutputShapeError when the outputs are not one value (or one probability per class) per row
   */
  async score(rows: Rows, rowCount: number): Promise<RawPredictions> {
    const results = await this.session.run(this.feeds(rows, rowCount), this.outputNames);
    const { output } = this.signature;
    if (output.task === 'regression') return { values: floatData(results[output.name], output.name, rowCount, 1) };
    const { label, probabilities, classes } = output;
    return {
      labels: labelData(results[label.name], label.name, rowCount),
      probabilities: floatData(results[probabilities.name], probabilities.name, rowCount, classes.length),
    };
  }

  async close(): Promise<void> {
    await this.session.release();
  }

  private feeds(rows: Rows, rowCount: number): Record<string, Tensor> {
    const { input, featureNames } = this.signature;
    const width = featureNames.length;
    if (input.kind === 'tensor') return { [input.name]: floatTensor(rows, input.elementType, [rowCount, width]) };
    const feeds: Record<string, Tensor> = {};
    for (const { name, elementType, featureIndex } of input.columns) {
      const column = elementType === 'float' ? new Float32Array(rowCount) : new Float64Array(rowCount);
      for (let row = 0; row < rowCount; row++) column[row] = rows[row * width + featureIndex]!;
      feeds[name] = floatTensor(column, elementType, [rowCount, 1]);
    }
    return feeds;
  }
}

/** A tensor of the type the model takes; a double is rounded to the nearest float32 (as Math.fround does). */
function floatTensor(values: Rows, elementType: FloatType, dims: number[]): Tensor {
  if (elementType === 'float') {
    return new Tensor('float32', values instanceof Float32Array ? values : new Float32Array(values), dims);
  }
  return new Tensor('float64', values instanceof Float64Array ? values : new Float64Array(values), dims);
}

function floatData(
  tensor: Tensor | undefined,
  name: string,
  rowCount: number,
  columns: number,
): Float32Array | Float64Array {
  const data = tensor?.data;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new OutputShapeError(`Output "${name}" is not float or double.`);
  }
  checkShape(tensor!, name, rowCount, columns);
  return data;
}

function labelData(tensor: Tensor | undefined, name: string, rowCount: number): Float64Array | string[] {
  const data = tensor?.data;
  if (data instanceof BigInt64Array) {
    checkShape(tensor!, name, rowCount, 1);
    return Float64Array.from(data, Number);
  }
  if (!Array.isArray(data)) throw new OutputShapeError(`Output "${name}" is not int64 or string.`);
  checkShape(tensor!, name, rowCount, 1);
  return data;
}

/** [rows, columns], where a single column may also be [rows]. */
function checkShape(tensor: Tensor, name: string, rowCount: number, columns: number): void {
  const [rows, width = 1, ...more] = tensor.dims;
  if (rows === rowCount && width === columns && more.length === 0) return;
  const expected = columns === 1 ? `[${rowCount}] or [${rowCount}, 1]` : `[${rowCount}, ${columns}]`;
  throw new OutputShapeError(
    `Output "${name}" has shape [${tensor.dims.join(', ')}] for ${rowCount} rows; expected is ${expected}.`,
  );
}
