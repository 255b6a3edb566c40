import { Injectable } from '@nestjs/common';

/** When this process shall end. A role whose work is over, or cannot go on, says so here. */
@Injectable()
export class Lifetime {
  private end!: (error: Error | null) => void;
  /** Resolves when the process shall end: null for a good end. */
  readonly ended = new Promise<Error | null>((done) => {
    this.end = done;
  });

  /** The work of this process is done. */
  finish(): void {
    this.end(null);
  }

  /** The work cannot go on; the process ends with an error and its supervisor starts it again. */
  fail(error: Error): void {
    this.end(error);
  }
}
