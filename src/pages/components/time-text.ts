import type { TimeZone } from './time-zone.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in words: `now`, `12 s ago`, `3 h ago`. Times a little ahead, of a clock that is off, are now. */
export function agoText(at: number, now: number): string {
  const age = now - at;
  if (age < 1500) return 'now';
  if (age < 99_500) return `${Math.round(age / 1000)} s ago`;
  if (age < 99.5 * MINUTE) return `${Math.round(age / MINUTE)} min ago`;
  if (age < 47.5 * HOUR) return `${Math.round(age / HOUR)} h ago`;
  return `${Math.round(age / DAY)} d ago`;
}

/** How long something lasts by now: `45 s`, `12 min`, `3 h`, `5 d`. */
export function sinceText(from: number, now: number): string {
  const text = agoText(from, now);
  return text === 'now' ? '1 s' : text.slice(0, -' ago'.length);
}

/** A clock time in the zone: `14:33`, with seconds or milliseconds on demand. */
export function clockText(
  at: number,
  zone: TimeZone,
  precision: 'minute' | 'second' | 'millisecond' = 'minute',
): string {
  const end = { minute: 16, second: 19, millisecond: 23 }[precision];
  return local(at, zone).slice(11, end);
}

/** A day in the zone: `12 Jan`. */
export function dayText(at: number, zone: TimeZone): string {
  const text = local(at, zone);
  return `${Number(text.slice(8, 10))} ${MONTHS[Number(text.slice(5, 7)) - 1] ?? ''}`;
}

/** A time in full: `2026-01-12 14:33:02.590 Europe/Berlin`. */
export function fullTimeText(at: number, zone: TimeZone): string {
  return `${local(at, zone).replace('T', ' ').slice(0, 23)} ${zone.name}`;
}

/** A span of time without repeating what both ends share: `12 Jan 2026, 14:33 to 15:02`. */
export function spanText(from: number, to: number, zone: TimeZone): string {
  const year = (at: number) => local(at, zone).slice(0, 4);
  const day = (at: number) => `${dayText(at, zone)} ${year(at)}`;
  if (day(from) !== day(to)) return `${day(from)} to ${day(to)}`;
  const precision = to - from < 5 * MINUTE ? 'second' : 'minute';
  return `${day(from)}, ${clockText(from, zone, precision)} to ${clockText(to, zone, precision)}`;
}

/** ISO 8601 as the zone's clocks and calendars show it. */
function local(at: number, zone: TimeZone): string {
  return new Date(at + zone.offsetAt(at) * MINUTE).toISOString();
}
