import fc from 'fast-check';
import { linearTicks } from './linear-ticks.js';

describe('linearTicks', () => {
  it.each([
    [0, 1203, 3, [0, 500, 1000, 1500]],
    [0, 7, 4, [0, 2, 4, 6, 8]],
    [0.1, 0.42, 4, [0.1, 0.2, 0.3, 0.4, 0.5]],
    [-3, 3, 3, [-4, -2, 0, 2, 4]],
    [0, 1, 1, [0, 1]],
  ])('covers %d to %d in about %d steps', (min, max, count, ticks) => {
    expect(linearTicks(min, max, count)).toEqual(ticks);
  });

  it('widens a range of one value around it', () => {
    expect(linearTicks(0, 0, 2)).toEqual([-1, 0, 1]);
    const around = linearTicks(400, 400, 4);
    expect(around[0]!).toBeLessThan(400);
    expect(around.at(-1)!).toBeGreaterThan(400);
  });

  it('always covers the range with rising, even, round steps', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        value,
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (min, size, count) => {
          const max = min + size;
          fc.pre(max > min && size > Math.abs(min) * 1e-6);
          const ticks = linearTicks(min, max, count);
          const step = ticks[1]! - ticks[0]!;
          const tolerance = step * 1e-4;
          expect(ticks[0]!).toBeLessThanOrEqual(min + tolerance);
          expect(ticks.at(-1)!).toBeGreaterThanOrEqual(max - tolerance);
          expect(ticks.length).toBeLessThanOrEqual(2 * count + 3);
          for (let i = 1; i < ticks.length; i += 1)
            expect(Math.abs(ticks[i]! - ticks[i - 1]! - step)).toBeLessThan(tolerance);
        },
      ),
    );
  });
});
