import { SeededRandom } from '../ml/random/seeded-random.js';
import { softBound, Wander } from './wander.js';

describe('Wander', () => {
  it.each([60, 300])('has variance 1 and forgets as told with steps of %d s', (stepSeconds) => {
    const random = new SeededRandom(4);
    const wander = new Wander(400, 3600, stepSeconds, random);
    const before = Float64Array.from(wander.values);
    for (let i = 0; i < 3600 / stepSeconds; i++) wander.step(random);
    let variance = 0;
    let covariance = 0;
    wander.values.forEach((value, i) => {
      variance += (value * value) / 400;
      covariance += (value * before[i]!) / 400;
    });
    // Three to four standard errors with 400 independent signals.
    expect(Math.abs(variance - 1)).toBeLessThan(0.25);
    expect(Math.abs(covariance - Math.exp(-1))).toBeLessThan(0.2);
  });
});

describe('softBound', () => {
  it('leaves small values, keeps order and sign, and never passes 2.5', () => {
    expect(softBound(0.1)).toBeCloseTo(0.1, 3);
    expect(softBound(1)).toBeGreaterThan(softBound(0.9));
    expect(softBound(-3)).toBe(-softBound(3));
    expect(softBound(1e6)).toBeLessThanOrEqual(2.5);
  });
});
