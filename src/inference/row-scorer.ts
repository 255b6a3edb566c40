import { EngineCrashedError, EngineModelError } from './engine/engine-errors.js';
import type { InferenceEngine } from './engine/inference-engine.js';

/** What a model said of one row: a number, a class label, or why it has none. */
export type RowOutcome = number | string | RowFailure;

export class RowFailure {
  constructor(readonly reason: string) {}
}

const TRIES_AS_BYSTANDER = 5;

/**
 * Scores rows and finds those that the model cannot take: a batch that kills or hangs the engine, or makes the model fail,
 * is halved again and again, until the rows at fault stand alone and all others have their predictions.
 */
export class RowScorer {
  constructor(private readonly engine: Pick<InferenceEngine, 'score'>) {}

  /**
   * @param rows row-major [rowCount, width]
   * @returns one outcome per row, in order
   */
  async score(sha256: string, rows: Float64Array, rowCount: number, width: number): Promise<RowOutcome[]> {
    const outcomes = new Array<RowOutcome>(rowCount);
    await this.scoreRange(sha256, rows, 0, rowCount, width, outcomes);
    return outcomes;
  }

  private async scoreRange(
    sha256: string,
    rows: Float64Array,
    from: number,
    to: number,
    width: number,
    outcomes: RowOutcome[],
    isSuspect = false,
  ): Promise<void> {
    if (from === to) return;
    try {
      await this.scoreWhole(sha256, rows, from, to, width, outcomes);
    } catch (error) {
      if (!isRowsFault(error)) throw error;
      if (to - from === 1) {
        // An engine can also be killed from outside, as by a machine short of memory: only a row that ends two is at fault.
        const isChance = !isSuspect && error instanceof EngineCrashedError && error.code === 'engine-crashed';
        if (isChance) return this.scoreRange(sha256, rows, from, to, width, outcomes, true);
        outcomes[from] = new RowFailure(`The model cannot score this row: ${error.message}`);
        return;
      }
      const middle = (from + to) >>> 1;
      await this.scoreRange(sha256, rows, from, middle, width, outcomes);
      await this.scoreRange(sha256, rows, middle, to, width, outcomes);
    }
  }

  private async scoreWhole(
    sha256: string,
    rows: Float64Array,
    from: number,
    to: number,
    width: number,
    outcomes: RowOutcome[],
  ) {
    const part = from === 0 && rows.length === to * width ? rows : rows.slice(from * width, to * width);
    const predictions = await this.withPatience(() => this.engine.score(sha256, part, to - from));
    const values = predictions.task === 'regression' ? predictions.values : predictions.labels;
    for (let row = from; row < to; row += 1) {
      const value = values[row - from]!;
      const bad = typeof value === 'number' && !Number.isFinite(value);
      outcomes[row] = bad ? new RowFailure(`The model gave ${value} in place of a finite number.`) : value;
    }
  }

  /** A call that only waited in the engine when another one killed it is simply made again. */
  private async withPatience<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const bystander = error instanceof EngineCrashedError && !error.wasRunning;
        if (!bystander || attempt === TRIES_AS_BYSTANDER) throw error;
      }
    }
  }
}

function isRowsFault(error: unknown): error is Error {
  return error instanceof EngineCrashedError || (error instanceof EngineModelError && error.code === 'score-failed');
}
