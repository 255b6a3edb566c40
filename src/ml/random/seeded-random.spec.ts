import { SeededRandom, type SeededRandomState } from './seeded-random.js';
import { InvalidRandomStateError, InvalidSeedError } from './seeded-random-errors.js';

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

describe('SeededRandom', () => {
  // Values of an independent sfc32 in Python (arbitrary-precision integers, masked to 32 bits).
  it.each([
    [0, 0, [1363572419, 145230303, 808754475, 4216505632, 947923937]],
    [2015, 0, [1665948779, 2757966190, 380820914, 3463324393, 1524536495]],
    [Number.MAX_SAFE_INTEGER, 7, [1352944859, 1688768684, 3839139338, 2765150934, 1571465440]],
  ])('gives the words of sfc32 for seed %d and stream %d', (seed, stream, words) => {
    const random = new SeededRandom(seed, stream);
    expect(draw(5, () => random.nextUint32())).toEqual(words);
  });

  it('builds a uniform number from 53 bits of two words', () => {
    const random = new SeededRandom(2015);
    expect(draw(3, () => random.uniform())).toEqual([0.38788392873211974, 0.0886667803404334, 0.35495881219199343]);
  });

  it('gives normal values with the moments and tails of the standard normal distribution', () => {
    const random = new SeededRandom(1);
    const values = draw(100_000, () => random.normal());
    const moment = (power: number): number => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    // Six standard errors of each moment at this sample size.
    expect(Math.abs(moment(1))).toBeLessThan(6 * Math.sqrt(1 / 100_000));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(6 * Math.sqrt(2 / 100_000));
    expect(Math.abs(moment(3))).toBeLessThan(6 * Math.sqrt(15 / 100_000));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(6 * Math.sqrt(96 / 100_000));
    const beyond = values.filter((x) => Math.abs(x) > 1.959964).length / values.length;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(0.005);
  });

  it('spreads integers evenly below the bound', () => {
    const random = new SeededRandom(3);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) {
      const value = random.integer(7);
      counts[value] = counts[value]! + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // 99.9 % quantile with 6 degrees of freedom
  });

  it('gives unrelated sequences for two streams of one seed', () => {
    const first = new SeededRandom(5, 0);
    const second = new SeededRandom(5, 1);
    const product = draw(20_000, () => first.normal() * second.normal()).reduce((sum, x) => sum + x, 0);
    expect(Math.abs(product / 20_000)).toBeLessThan(6 / Math.sqrt(20_000));
  });

  it.each([0, 1])('goes on exactly after a JSON round trip with %d normal value handed out', (drawn) => {
    const random = new SeededRandom(9);
    draw(drawn, () => random.normal());
    const twin = SeededRandom.restore(JSON.parse(JSON.stringify(random.exportState())) as SeededRandomState);
    const next = (generator: SeededRandom): number[] => draw(50, () => generator.normal() + generator.uniform());
    expect(next(twin)).toEqual(next(random));
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => new SeededRandom(seed)).toThrow(InvalidSeedError);
  });

  it.each([-1, 2 ** 32])('refuses the stream %d', (stream) => {
    expect(() => new SeededRandom(1, stream)).toThrow('stream must be a whole number from 0 to 4294967295');
  });

  it.each([
    [{ words: [1, 2, 3], spareNormal: null }],
    [{ words: [1, 2, 3, 0.5], spareNormal: null }],
    [{ words: [1, 2, 3, 4], spareNormal: Number.NaN }],
  ])('refuses the damaged state %j', (state) => {
    expect(() => SeededRandom.restore(state)).toThrow(InvalidRandomStateError);
  });
});
