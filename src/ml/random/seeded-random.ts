import { InvalidSeedError, InvalidRandomStateError } from './seeded-random-errors.js';

/** What a generator needs to go on: plain JSON, exact after a round trip. */
export interface SeededRandomState {
  /** The four 32-bit words of sfc32. */
  words: number[];
  /** The second value of a normal pair that has not been handed out yet. */
  spareNormal: number | null;
}

/**
 * A small seeded generator: sfc32 by Chris Doty-Humphrey, seeded as PractRand 0.95 seeds it (12 rounds). Not for secrets.
 * The same seed and stream give the same sequence on every machine; two streams of one seed are independent sequences.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  /** NaN if there is none: a field that is always a number is stored without a box. */
  private spareNormal = Number.NaN;

  /**
   * @param seed whole number from 0 to 2^53 - 1
   * @param stream whole number from 0 to 2^32 - 1
   * @throws InvalidSeedError if either is not such a number
   */
  constructor(seed: number, stream = 0) {
    if (!Number.isSafeInteger(seed) || seed < 0) throw new InvalidSeedError('seed', 2 ** 53 - 1, seed);
    if (!Number.isInteger(stream) || stream < 0 || stream >= 2 ** 32)
      throw new InvalidSeedError('stream', 2 ** 32 - 1, stream);
    this.a = stream | 0;
    this.b = seed | 0;
    this.c = Math.floor(seed / 2 ** 32) | 0;
    for (let round = 0; round < 12; round++) this.nextUint32();
  }

  /** A whole number from 0 to 2^32 - 1, each equally likely. */
  nextUint32(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** A whole number from 0 to `bound - 1`; its bias is below `bound` / 2^53. */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /**
   * A standard normal value, by Marsaglia's polar form of Box-Muller: it needs no sine or cosine, whose last bit differs
   * between JavaScript engines.
   */
  normal(): number {
    const spare = this.spareNormal;
    if (!Number.isNaN(spare)) {
      this.spareNormal = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const radius = x * x + y * y;
      if (radius >= 1 || radius === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(radius)) / radius);
      this.spareNormal = y * scale;
      return x * scale;
    }
  }

  /** The state after the last value drawn. */
  exportState(): SeededRandomState {
    return {
      words: [this.a, this.b, this.c, this.counter],
      spareNormal: Number.isNaN(this.spareNormal) ? null : this.spareNormal,
    };
  }

  /**
   * Goes on where `exportState` was called.
   * @throws InvalidRandomStateError if the state is not four 32-bit integers and a number or null
   */
  load(state: SeededRandomState): void {
    const { words, spareNormal } = state;
    if (!Array.isArray(words) || words.length !== 4 || words.some((word) => word !== (word | 0)))
      throw new InvalidRandomStateError('words', 'four signed 32-bit integers', words);
    if (spareNormal !== null && !Number.isFinite(spareNormal))
      throw new InvalidRandomStateError('spareNormal', 'a finite number or null', spareNormal);
    [this.a, this.b, this.c, this.counter] = words as [number, number, number, number];
    this.spareNormal = spareNormal ?? Number.NaN;
  }

  /** A new generator in an exported state; errors as in `load`. */
  static restore(state: SeededRandomState): SeededRandom {
    const random = new SeededRandom(0);
    random.load(state);
    return random;
  }
}
