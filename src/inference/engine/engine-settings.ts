/** Limits of the engine; every one is a setting. */
export interface EngineSettings {
  /** Longest time one batch may take once the engine is at work on it, milliseconds; then the process is killed. */
  scoreTimeoutMs: number;
  /** The same for loading or unloading a model. */
  loadTimeoutMs: number;
  /** Longest time the process may take to start. */
  startTimeoutMs: number;
  /** How long `stop` waits for calls in flight before it kills the process. */
  stopTimeoutMs: number;
  /** Loads after which a fresh process takes over, so that no leak of the runtime can grow for ever. */
  recycleAfterLoads: number;
  /** Resident memory of the process above which a fresh one takes over, MiB. About 85 are its floor. */
  rssCeilingMb: number;
  /** Fewest calls between two changes of process for memory, for models that simply need more than the ceiling. */
  recycleMinCalls: number;
}

export const DEFAULT_ENGINE_SETTINGS: EngineSettings = {
  scoreTimeoutMs: 10_000,
  loadTimeoutMs: 30_000,
  startTimeoutMs: 15_000,
  stopTimeoutMs: 5_000,
  recycleAfterLoads: 500,
  rssCeilingMb: 400,
  recycleMinCalls: 1_000,
};
