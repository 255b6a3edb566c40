import type { Dataset } from '../datasets/dataset.js';
import { RoasterSimulator, type RoasterSimulatorState } from '../simulator/roaster-simulator.js';
import type { RowSource, SourceRow } from './row-source.js';

/** Rows of the roaster simulator; never at an end. */
export class SimulatorSource implements RowSource {
  private readonly simulator: RoasterSimulator;

  constructor(
    private readonly dataset: Dataset,
    options: { seed: number; scenario: string },
    state: unknown,
  ) {
    this.simulator =
      state === null ? new RoasterSimulator(options) : RoasterSimulator.restore(state as RoasterSimulatorState);
  }

  take(count: number): Promise<SourceRow[]> {
    const rows: SourceRow[] = [];
    for (let i = 0; i < count; i += 1) {
      const { features, quality } = this.simulator.next();
      rows.push({ body: JSON.stringify({ [this.dataset.payloadKey]: features }), label: String(quality) });
    }
    return Promise.resolve(rows);
  }

  rateFactor(): number {
    return this.simulator.rateFactor();
  }

  state(): unknown {
    return this.simulator.exportState();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
