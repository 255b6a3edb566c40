/** The engine process died while it held this call. The call may be tried again: the next one starts a new process. */
export class EngineCrashedError extends Error {
  override readonly name: string = 'EngineCrashedError';
  readonly code: 'engine-crashed' | 'engine-timeout' = 'engine-crashed';

  /**
   * @param wasRunning whether the engine was at work on this very call when it died; the calls waiting behind it are innocent
   */
  constructor(
    message: string,
    readonly wasRunning: boolean,
  ) {
    super(message);
  }
}

/** The engine was killed because this call took too long. */
export class EngineTimeoutError extends EngineCrashedError {
  override readonly name = 'EngineTimeoutError';
  override readonly code = 'engine-timeout';
}

/** A model that the engine cannot load or score with; the engine goes on. */
export class EngineModelError extends Error {
  override readonly name = 'EngineModelError';

  constructor(
    readonly code: 'not-loaded' | 'hash-mismatch' | 'load-failed' | 'score-failed',
    message: string,
  ) {
    super(message);
  }
}

/** A call to an engine that has been stopped. */
export class EngineStoppedError extends Error {
  override readonly name = 'EngineStoppedError';
  readonly code = 'engine-stopped';

  constructor() {
    super('The inference engine has been stopped.');
  }
}
