import { builtEntry } from '../../registry/onnx-gate/built-entry.js';
import type { ModelSignature } from '../../registry/onnx-gate/model-signature.js';
import { type Predictions, toPredictions } from '../../registry/onnx-gate/predictions.js';
import { EngineChild } from './engine-child.js';
import { EngineModelError, EngineStoppedError } from './engine-errors.js';
import { DEFAULT_ENGINE_SETTINGS, type EngineSettings } from './engine-settings.js';

/** A model to score with. Its bytes may be left out if the engine can ask for them. */
export interface EngineModel {
  sha256: string;
  signature: ModelSignature;
  bytes?: Uint8Array;
}

export interface EngineOptions {
  /** Gives a model's bytes whenever a process needs them. Without it the engine keeps the bytes given to `load` in memory. */
  loadModel?: (sha256: string) => Promise<Uint8Array>;
  settings?: Partial<EngineSettings>;
}

const MIB = 1024 * 1024;

/**
 * Scores rows with ONNX models in a child process: ONNX Runtime's `run` blocks its process, and a bad model can hang or crash
 * it, which must not stop a worker's heartbeats. After a crash the next call starts a new process, which loads each model when it
 * is next needed, so a model that kills the engine at load harms only its own calls.
 */
export class InferenceEngine {
  private readonly settings: EngineSettings;
  private readonly loadModel: EngineOptions['loadModel'];
  private readonly models = new Map<string, EngineModel>();
  private child: EngineChild | undefined;
  private starting: Promise<EngineChild> | undefined;
  private recycling: Promise<void> | undefined;
  private stopped = false;
  private started = 0;

  constructor(options: EngineOptions = {}) {
    this.settings = { ...DEFAULT_ENGINE_SETTINGS, ...options.settings };
    this.loadModel = options.loadModel;
  }

  /** Process id of the engine, if one runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resident memory of the engine process after its last answer, bytes; 0 before the first. */
  get rssBytes(): number {
    return this.child?.rssBytes ?? 0;
  }

  /** How many processes have been started; one is normal. */
  get starts(): number {
    return this.started;
  }

  /** Starts the process ahead of the first call. */
  async start(): Promise<void> {
    this.stopped = false;
    await this.running();
  }

  /**
   * Loads a model. Loading it again is free.
   *
   * @throws EngineModelError 'hash-mismatch' when the bytes are not those of the SHA-256, 'load-failed' when the runtime refuses it
   * @throws EngineCrashedError when loading it kills the process
   */
  async load(model: EngineModel): Promise<void> {
    const known = this.models.has(model.sha256);
    this.models.set(model.sha256, this.loadModel === undefined ? model : { ...model, bytes: undefined });
    try {
      await this.ready(model.sha256, model.bytes);
    } catch (error) {
      if (!known) this.models.delete(model.sha256);
      throw error;
    }
  }

  /** Forgets a model and frees its memory. Calls already made with it are still answered. */
  async unload(sha256: string): Promise<void> {
    this.models.delete(sha256);
    const { child } = this;
    const loading = child?.models.get(sha256);
    if (child === undefined || loading === undefined) return;
    // Never overtake a load on its way; and leave the model if it has been loaded anew meanwhile.
    if (loading !== true) await loading.catch(() => undefined);
    if (this.models.has(sha256) || !child.models.delete(sha256)) return;
    await child.request({ kind: 'unload', sha256 }, this.settings.loadTimeoutMs);
  }

  /** Whether `score` knows this model. */
  has(sha256: string): boolean {
    return this.models.has(sha256);
  }

  /**
   * Scores rows. Several calls may be in flight; they are done in order.
   *
   * @param rows row-major [rowCount, features] in the order of the signature's featureNames; NaN is a missing value.
   *   Doubles are rounded to float32 (Math.fround) for models that take float.
   * @throws EngineModelError 'not-loaded' or 'score-failed'
   * @throws EngineCrashedError when the process dies meanwhile; EngineTimeoutError when this call took too long
   */
  async score(sha256: string, rows: Float64Array | Float32Array, rowCount: number): Promise<Predictions> {
    const model = this.models.get(sha256);
    if (model === undefined) throw new EngineModelError('not-loaded', `Model ${sha256} is not loaded.`);
    const { signature } = model;
    const length = rowCount * signature.featureNames.length;
    if (!Number.isInteger(rowCount) || rowCount < 1 || rows.length < length) {
      throw new RangeError(
        `${rowCount} rows of ${signature.featureNames.length} features do not fit ${rows.length} values.`,
      );
    }
    const used = rows.length === length ? rows : rows.subarray(0, length);
    const compact = takesDoubles(signature) || used instanceof Float32Array ? used : new Float32Array(used);
    const child = this.readyNow(sha256) ?? (await this.ready(sha256));
    const raw = await child.request({ kind: 'score', sha256, rows: compact, rowCount }, this.settings.scoreTimeoutMs);
    if (raw === undefined) throw new EngineModelError('score-failed', `Model ${sha256} gave no predictions.`);
    return toPredictions(raw, signature);
  }

  /** Waits for the calls in flight, then ends the process. The engine can be started again. */
  async stop(): Promise<void> {
    this.stopped = true;
    const child = this.child ?? (await this.starting?.catch(() => undefined));
    if (child === undefined) return;
    const timer = setTimeout(() => child.kill(), this.settings.stopTimeoutMs);
    await child.drained();
    clearTimeout(timer);
    await child.close(this.settings.stopTimeoutMs);
  }

  /** The process, if it can take a call for this model at once. */
  private readyNow(sha256: string): EngineChild | undefined {
    const { child } = this;
    const ready = child?.alive === true && !this.stopped && child.models.get(sha256) === true && !this.isWornOut(child);
    return ready ? child : undefined;
  }

  /** A process with this model loaded; starts, changes or fills one as needed. */
  private async ready(sha256: string, bytes?: Uint8Array): Promise<EngineChild> {
    for (;;) {
      const child = await this.running();
      const loading = child.models.get(sha256) ?? this.loadInto(child, sha256, bytes);
      await loading;
      // The process may have been changed for a new one meanwhile.
      if (child === this.child && child.models.has(sha256)) return child;
      if (!this.models.has(sha256)) throw new EngineModelError('not-loaded', `Model ${sha256} has been unloaded.`);
    }
  }

  private loadInto(child: EngineChild, sha256: string, given?: Uint8Array): Promise<void> {
    const model = this.models.get(sha256);
    if (model === undefined)
      return Promise.reject(new EngineModelError('not-loaded', `Model ${sha256} is not loaded.`));
    const loading = (async () => {
      const bytes = given ?? model.bytes ?? (await this.loadModel?.(sha256));
      if (bytes === undefined) throw new EngineModelError('load-failed', `There are no bytes for model ${sha256}.`);
      const { signature } = model;
      await child.request({ kind: 'load', sha256, bytes, signature }, this.settings.loadTimeoutMs);
    })();
    child.models.set(sha256, loading);
    loading.then(
      () => child.models.get(sha256) === loading && child.models.set(sha256, true),
      () => child.models.get(sha256) === loading && child.models.delete(sha256),
    );
    return loading;
  }

  /** The running process; starts one if there is none, changes one that is worn out. */
  private async running(): Promise<EngineChild> {
    for (;;) {
      if (this.stopped) throw new EngineStoppedError();
      const { child } = this;
      if (child === undefined) {
        this.starting ??= this.startChild().finally(() => (this.starting = undefined));
        await this.starting;
      } else if (this.isWornOut(child)) {
        this.recycling ??= this.recycle(child).finally(() => (this.recycling = undefined));
        await this.recycling;
      } else {
        return child;
      }
    }
  }

  private async startChild(): Promise<EngineChild> {
    const entry = builtEntry(import.meta.url, './engine-process.js');
    this.started += 1;
    const child = await EngineChild.start(entry, this.settings.startTimeoutMs, (ended) => {
      if (this.child === ended) this.child = undefined;
    });
    if (child.alive) this.child = child;
    return child;
  }

  private isWornOut(child: EngineChild): boolean {
    const { recycleAfterLoads, rssCeilingMb, recycleMinCalls } = this.settings;
    const large = child.rssBytes > rssCeilingMb * MIB && child.calls >= recycleMinCalls;
    return large || child.loads >= recycleAfterLoads;
  }

  private async recycle(child: EngineChild): Promise<void> {
    await child.drained();
    await child.close(this.settings.stopTimeoutMs);
  }
}

function takesDoubles({ input }: ModelSignature): boolean {
  const types = input.kind === 'tensor' ? [input.elementType] : input.columns.map((column) => column.elementType);
  return types.includes('double');
}
