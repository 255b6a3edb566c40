interface Lookup<T> {
  readonly value: Promise<T>;
  readonly until: number;
}

/**
 * What was looked up in the last moments, so that a request does not cost a query. Lookups of the same key at the same
 * time share one; a failed one is forgotten at once. Beyond `capacity` the oldest goes.
 */
export class RecentLookups<T> {
  private readonly lookups = new Map<string, Lookup<T>>();

  constructor(
    private readonly lifeMs: number,
    private readonly capacity: number,
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number = () => performance.now(),
  ) {}

  get(key: string, load: () => Promise<T>): Promise<T> {
    const now = this.clock();
    const known = this.lookups.get(key);
    if (known !== undefined && known.until > now) return known.value;
    const lookup: Lookup<T> = { value: load(), until: now + this.lifeMs };
    // Deleted first, so that the map stays in the order of age.
    this.lookups.delete(key);
    this.lookups.set(key, lookup);
    lookup.value.catch(() => {
      if (this.lookups.get(key) === lookup) this.lookups.delete(key);
    });
    const [oldest] = this.lookups.keys();
    if (this.lookups.size > this.capacity && oldest !== undefined) this.lookups.delete(oldest);
    return lookup.value;
  }

  forget(key: string): void {
    this.lookups.delete(key);
  }

  get size(): number {
    return this.lookups.size;
  }
}
