import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 100;

/** What a check found when it was true at last. */
type Found<T> = Exclude<T, false | null | undefined>;

/**
 * Waits until `check` gives something true, and returns it. Waits are generous, since tests share their machine; `what` is
 * for the message of the error when the time is over.
 */
export async function until<T>(what: string, check: () => Promise<T>, timeoutMs = 60_000): Promise<Found<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found as Found<T>;
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for ${what}; last seen: ${JSON.stringify(found)}`);
    await sleep(LOOK_MS);
  }
}
