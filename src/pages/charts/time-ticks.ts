import { clockText, dayText } from '../components/time-text.js';
import type { TimeZone } from '../components/time-zone.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that people read off without reckoning. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 90, 180, 365].map((days) => days * DAY),
];

export interface TimeTick {
  /** Epoch milliseconds. */
  at: number;
  text: string;
}

/**
 * Round times inside of a range, on the clock of a time zone, with the text for an axis.
 *
 * @param count most ticks; there can be fewer, and none in a range of nothing
 */
export function timeTicks(from: number, to: number, count: number, zone: TimeZone): TimeTick[] {
  const step =
    STEPS.find((candidate) => (to - from) / candidate <= count) ?? Math.ceil((to - from) / count / DAY) * DAY;
  const offset = zone.offsetAt(from) * MINUTE;
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to && ticks.length < count; at += step) {
    ticks.push({ at, text: tickText(at, step, zone) });
  }
  return ticks;
}

function tickText(at: number, step: number, zone: TimeZone): string {
  if (step >= DAY) return dayText(at, zone);
  if (step < SECOND) return clockText(at, zone, 'millisecond');
  if (step < MINUTE) return clockText(at, zone, 'second');
  const clock = clockText(at, zone);
  return clock === '00:00' ? dayText(at, zone) : clock;
}
