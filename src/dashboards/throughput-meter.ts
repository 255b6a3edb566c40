import type { MinuteCount } from '../jobs/job-store.js';

const WINDOW_MS = 10_000;
/** Two looks that are nearer than this say little. */
const LEAST_SPAN_MS = 1500;
const MINUTE_MS = 60_000;

/** Jobs per second over the last ten seconds, from a running total that is looked at now and then. */
export class ThroughputMeter {
  private looks: { at: number; total: number }[] = [];

  /**
   * Notes the total, once per time, and returns the rate since the oldest look of the window; null when there is none.
   *
   * @param at epoch milliseconds
   * @param total jobs that have ended so far; lower than before when old ones were deleted, which starts anew
   */
  look(at: number, total: number): number | null {
    const last = this.looks.at(-1);
    if (last !== undefined && (total < last.total || at < last.at)) this.looks = [];
    this.looks = this.looks.filter((look) => at - look.at <= WINDOW_MS);
    if (this.looks.at(-1)?.at !== at) this.looks.push({ at, total });
    const first = this.looks[0];
    if (first === undefined || at - first.at < LEAST_SPAN_MS) return null;
    return ((total - first.total) / (at - first.at)) * 1000;
  }
}

/**
 * Jobs per second over the last minute, from counts of whole minutes: those of this minute, and of the one before as much
 * as still lies in the window, as if its jobs had come evenly.
 *
 * @param now epoch milliseconds
 */
export function lastMinuteRate(minutes: readonly MinuteCount[], now: number): number {
  const current = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const elapsed = (now - current) / MINUTE_MS;
  const ended = (minute: number) =>
    minutes
      .filter((count) => count.minute === minute && (count.status === 'finished' || count.status === 'failed'))
      .reduce((sum, count) => sum + count.jobs, 0);
  return Math.max(0, ended(current) + ended(current - MINUTE_MS) * (1 - elapsed)) / 60;
}
