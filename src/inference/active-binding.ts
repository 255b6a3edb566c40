import type { Dataset } from '../datasets/dataset.js';
import { type PayloadReader, compilePayload } from '../datasets/payload-validator.js';
import { type ResultWriter, compileResult } from './result-writer.js';

/** A service as a worker serves it right now. Never changed: a new version of the model makes a new one. */
export class ActiveBinding {
  readonly reader: PayloadReader;
  readonly results: ResultWriter;
  private users = 0;
  private onIdle: (() => void) | undefined;

  constructor(
    readonly service: string,
    readonly queue: string,
    readonly dataset: Dataset,
    readonly model: string,
    readonly version: number,
    readonly sha256: string,
  ) {
    this.reader = compilePayload(dataset);
    this.results = compileResult(dataset);
  }

  /** Keeps the binding in use while `work` runs, so that its model stays loaded. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.users += 1;
    try {
      return await work();
    } finally {
      this.users -= 1;
      if (this.users === 0) this.onIdle?.();
    }
  }

  /** Calls `done` as soon as no batch uses the binding any more. */
  retire(done: () => void): void {
    this.onIdle = () => {
      this.onIdle = undefined;
      done();
    };
    if (this.users === 0) this.onIdle();
  }

  isSameAs(other: { queue: string; dataset: Dataset; model: string; version: number; sha256: string }): boolean {
    return (
      this.queue === other.queue &&
      this.dataset === other.dataset &&
      this.model === other.model &&
      this.version === other.version &&
      this.sha256 === other.sha256
    );
  }
}
