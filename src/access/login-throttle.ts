/** How failures of one kind of name are punished. */
interface Policy {
  /** Failures that cost nothing. */
  readonly free: number;
  readonly longestMs: number;
}

/** One person mistypes; a whole office may share an address, but it also may guess at many users. */
const POLICIES = {
  user: { free: 5, longestMs: 60_000 },
  address: { free: 20, longestMs: 15 * 60_000 },
} as const satisfies Record<string, Policy>;

const FIRST_DELAY_MS = 1000;
/** Failures are forgotten this long after the last one. */
const MEMORY_MS = 30 * 60_000;

interface Failures {
  failures: number;
  lastAt: number;
  blockedUntil: number;
}

/**
 * Slows down guessing of passwords: after a few failures for a username or an address the next try has to wait 1 s, 2 s,
 * 4 s, … A name waits at most a minute, so that nobody can lock a person out for long by failing in his name. In memory,
 * of one process; beyond `capacity` names the one that failed longest ago is forgotten.
 */
export class LoginThrottle {
  private readonly records = new Map<string, Failures>();

  constructor(
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number = () => performance.now(),
    private readonly capacity = 10_000,
  ) {}

  /**
   * Asks for a try. Counted as a failure until `succeeded`, so that many at once do not slip through. Returns the
   * seconds to wait first; 0: go on.
   */
  begin(username: string, address: string): number {
    const now = this.clock();
    const keys = this.keys(username, address);
    const wait = Math.max(...keys.map(({ key }) => (this.current(key, now)?.blockedUntil ?? now) - now));
    if (wait > 0) return Math.ceil(wait / 1000);
    for (const { key, policy } of keys) this.count(key, policy, now);
    return 0;
  }

  /** The try was right: the user's slate is clean; the address only gets this one try back. */
  succeeded(username: string, address: string): void {
    const [user, from] = this.keys(username, address);
    if (user !== undefined) this.records.delete(user.key);
    const record = from === undefined ? undefined : this.records.get(from.key);
    if (record === undefined) return;
    record.failures -= 1;
    record.blockedUntil = 0;
  }

  get size(): number {
    return this.records.size;
  }

  private keys(username: string, address: string): { key: string; policy: Policy }[] {
    return [
      { key: `user ${username.slice(0, 200).toLowerCase()}`, policy: POLICIES.user },
      { key: `address ${network(address)}`, policy: POLICIES.address },
    ];
  }

  private current(key: string, now: number): Failures | undefined {
    const record = this.records.get(key);
    if (record === undefined || now - record.lastAt <= MEMORY_MS) return record;
    this.records.delete(key);
    return undefined;
  }

  private count(key: string, policy: Policy, now: number): void {
    const failures = (this.records.get(key)?.failures ?? 0) + 1;
    const over = failures - policy.free;
    const delay = over <= 0 ? 0 : Math.min(policy.longestMs, FIRST_DELAY_MS * 2 ** (over - 1));
    // Deleted first, so that the map stays in the order of the last failure.
    this.records.delete(key);
    this.records.set(key, { failures, lastAt: now, blockedUntil: now + delay });
    const [oldest] = this.records.keys();
    if (this.records.size > this.capacity && oldest !== undefined) this.records.delete(oldest);
  }
}

/** An IPv4 address, or the /64 of an IPv6 address, which one customer has to himself. */
export function network(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
