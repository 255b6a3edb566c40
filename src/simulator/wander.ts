import type { SeededRandom } from '../ml/random/seeded-random.js';

/**
 * Independent slow random signals of mean 0 and variance 1 (Ornstein-Uhlenbeck processes, stepped exactly, so the
 * statistics do not depend on the step length). They start in their steady state.
 */
export class Wander {
  readonly values: Float64Array;
  private readonly persistence: number;
  private readonly innovation: number;

  /** @param correlationSeconds time after which the autocorrelation has fallen to 1/e */
  constructor(count: number, correlationSeconds: number, stepSeconds: number, random: SeededRandom) {
    this.persistence = Math.exp(-stepSeconds / correlationSeconds);
    this.innovation = Math.sqrt(1 - this.persistence * this.persistence);
    this.values = Float64Array.from({ length: count }, () => random.normal());
  }

  step(random: SeededRandom): void {
    const { values, persistence, innovation } = this;
    for (let i = 0; i < values.length; i++) values[i] = persistence * values[i]! + innovation * random.normal();
  }
}

/** Keeps a wander within ±2.5 standard deviations without corners: recipes stay inside a band. */
export function softBound(value: number): number {
  return value / Math.sqrt(1 + (value * value) / 6.25);
}
