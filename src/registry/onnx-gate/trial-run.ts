import type { ModelSignature } from './model-signature.js';
import { OnnxRefusedError } from './onnx-refused-error.js';
import { OnnxSession, OutputShapeError } from './onnx-session.js';
import { type Predictions, toPredictions } from './predictions.js';
import { runtimeMessage } from './runtime-message.js';
import { completeRows, cycleRows, generateTrialRows } from './trial-rows.js';

/** What the trial run found; plain JSON. */
export interface TrialReport {
  /** Whether the rows were the dataset's own or made up. */
  rows: 'sample' | 'generated';
  /** Batch sizes that were scored. */
  batches: number[];
  loadMs: number;
  /** Milliseconds for one row alone, best of several. */
  singleRowMs: number;
  /** Milliseconds per row in the largest batch, best of several. */
  perRowMs: number;
  /** Whether a row with missing values (NaN) still gets a prediction. */
  acceptsMissing: boolean;
}

const SMALL_BATCH = 64;
const ALONE = 8;
const REPEATS = 5;

/** A row alone and in a batch may differ by float32 summation order, not by more. */
const TOLERANCE = 1e-4;

/**
 * Loads a model and scores rows alone, in a batch of 64 and in the largest batch: the outputs must have the right shape, be
 * finite, and not depend on a row's neighbours. Blocks and may crash: runs in the gate's child process only.
 *
 * @throws OnnxRefusedError
 */
export async function runTrial(
  bytes: Uint8Array,
  signature: ModelSignature,
  options: { sampleRows?: Float64Array; batchRows: number },
): Promise<TrialReport> {
  const width = signature.featureNames.length;
  const sample = completeRows(options.sampleRows ?? new Float64Array(0), width);
  const rows = sample.length > 0 ? sample : generateTrialRows(SMALL_BATCH, width);
  const largest = Math.max(SMALL_BATCH, options.batchRows);
  const started = performance.now();
  const session = await step('load', () => OnnxSession.open(bytes, signature));
  const loadMs = performance.now() - started;
  const score = async (batch: Float64Array): Promise<Predictions> =>
    toPredictions(await step('run', () => session.score(batch, batch.length / width)), signature);

  const small = cycleRows(rows, SMALL_BATCH, width);
  const batched = await score(small);
  requireFinite(batched, small, width, sample.length > 0);
  for (let row = 0; row < ALONE; row++) {
    requireSame(await score(small.slice(row * width, (row + 1) * width)), 0, batched, row);
  }
  const large = cycleRows(rows, largest, width);
  const inLarge = await score(large);
  requireFinite(inLarge, large, width, sample.length > 0);
  for (let row = 0; row < SMALL_BATCH; row++) requireSame(inLarge, row, batched, row);

  const missing = await session.score(new Float64Array(width).fill(Number.NaN), 1).then(
    (raw) => firstBadRow(toPredictions(raw, signature)) < 0,
    () => false,
  );
  const singleRowMs = await fastest(() => score(small.slice(0, width)));
  const perRowMs = (await fastest(() => score(large))) / largest;
  await session.close();
  const report = { rows: sample.length > 0 ? 'sample' : 'generated', batches: [1, SMALL_BATCH, largest] } as const;
  return { ...report, batches: [...report.batches], loadMs, singleRowMs, perRowMs, acceptsMissing: missing };
}

/** Runs a step in ONNX Runtime and turns its errors into refusals. */
async function step<Result>(code: 'load' | 'run', work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OnnxRefusedError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof OutputShapeError) throw new OnnxRefusedError('output-shape', text);
    if (/bad.?alloc|allocat|out of memory/i.test(text)) {
      throw new OnnxRefusedError(
        'memory',
        'The model needs more memory than a trial run may take.',
        'Check its shapes: a table of a few rows should not grow.',
      );
    }
    const what = code === 'load' ? 'cannot load the model' : 'fails to score rows with the model';
    throw new OnnxRefusedError(
      code,
      `ONNX Runtime ${what}: ${runtimeMessage(error)}`,
      'Export the model again with a current converter.',
    );
  }
}

/** Index of the first row whose prediction is not finite; -1 if all are. */
function firstBadRow(predictions: Predictions): number {
  if (predictions.task === 'regression') return predictions.values.findIndex((value) => !Number.isFinite(value));
  const bad = predictions.probabilities.findIndex((value) => !Number.isFinite(value));
  return bad < 0 ? -1 : Math.floor(bad / predictions.classes.length);
}

function requireFinite(predictions: Predictions, rows: Float64Array, width: number, real: boolean): void {
  const row = firstBadRow(predictions);
  if (row < 0) return;
  const values = Array.from(rows.subarray(row * width, (row + 1) * width), (value) => Number(value.toPrecision(4)));
  throw new OnnxRefusedError(
    'non-finite',
    `The model predicts NaN or infinity for ${real ? 'a row of the dataset' : 'a made-up row'}: [${values.join(', ')}].`,
    real
      ? 'Look for logarithms, roots or divisions in the model.'
      : 'If the model is only defined for real rows, import data into the dataset first: the trial then uses those.',
  );
}

/** Holds row `a` of one result against row `b` of another. */
function requireSame(one: Predictions, a: number, other: Predictions, b: number): void {
  if (one.task === 'regression' && other.task === 'regression') {
    if (!close(one.values[a]!, other.values[b]!)) throw batchDependent(one.values[a]!, other.values[b]!);
  } else if (one.task === 'classification' && other.task === 'classification') {
    const width = one.classes.length;
    const left = one.probabilities.subarray(a * width, (a + 1) * width);
    const right = other.probabilities.subarray(b * width, (b + 1) * width);
    const differs = left.findIndex((value, k) => !close(value, right[k]!));
    if (differs >= 0) throw batchDependent(left[differs]!, right[differs]!);
    const [first, second] = left.toSorted().reverse();
    const tied = first! - second! < TOLERANCE;
    if (!tied && one.labels[a] !== other.labels[b]) throw batchDependent(one.labels[a]!, other.labels[b]!);
  }
}

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
}

function batchDependent(alone: string | number, together: string | number): OnnxRefusedError {
  return new OnnxRefusedError(
    'batch-dependent',
    `The same row gives ${alone} in one batch and ${together} in another: its prediction depends on its neighbours, or on chance.`,
    'Export the model in inference mode (PyTorch: model.eval()).',
  );
}

async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now();
    await work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
