/** The last `length` values of a signal, newest first by lag. */
export class DelayLine {
  private readonly ring: Float64Array;
  private newest = 0;

  constructor(length: number, initial: number) {
    this.ring = new Float64Array(length).fill(initial);
  }

  push(value: number): void {
    this.newest = this.newest === 0 ? this.ring.length - 1 : this.newest - 1;
    this.ring[this.newest] = value;
  }

  /** The value `lag` steps ago: 0 is the newest, `length - 1` the oldest. */
  at(lag: number): number {
    const index = this.newest + lag;
    return this.ring[index < this.ring.length ? index : index - this.ring.length]!;
  }

  /** All values, newest first. */
  toArray(): number[] {
    return Array.from(this.ring, (_, lag) => this.at(lag));
  }

  /** Replaces all values by a list of the same length, newest first. */
  load(values: readonly number[]): void {
    this.ring.set(values);
    this.newest = 0;
  }
}
