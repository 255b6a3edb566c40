/** Times outside are mistakes, and PostgreSQL, JavaScript and ISO 8601 agree on all inside. */
export const EARLIEST_TIME = Date.UTC(1900, 0, 1);
export const LATEST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export const TIME_EXPECTATION = 'an ISO 8601 time such as 2026-01-31T08:30:00Z, or epoch milliseconds';
export const TIME_PARTS_EXPECTATION = 'parts of a real date and time in UTC (year, month, day, hour, minute, second)';

const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
// Shorter digits are rather a year, a date or epoch seconds, and would silently end up around 1970.
const EPOCH_MILLISECONDS = /^\d{11,16}$/;

/**
 * Epoch milliseconds of an ISO 8601 text (UTC when it names no zone; finer parts of a second are cut off) or of eleven
 * and more digits, which are epoch milliseconds themselves. NaN: not a time.
 */
export function timeFromText(text: string): number {
  const match = ISO_8601.exec(text);
  if (match === null) return EPOCH_MILLISECONDS.test(text) ? inRange(Number(text)) : Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const time = timeFromParts(
    [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)],
    6,
  );
  return inRange(time + Number(fraction.slice(0, 3).padEnd(3, '0')) - zoneOffset(zone));
}

/** Epoch milliseconds of a time in JSON: an ISO 8601 text, or a number of epoch milliseconds. NaN: not a time. */
export function timeFromJson(value: unknown): number {
  if (typeof value === 'string') return timeFromText(value);
  return typeof value === 'number' ? inRange(Math.floor(value)) : Number.NaN;
}

/** Epoch milliseconds of the first `count` numbers: year, month, day, hour[, minute[, second]], in UTC. NaN: no such time. */
export function timeFromParts(parts: ArrayLike<number>, count: number): number {
  const year = parts[0] ?? Number.NaN;
  const month = parts[1] ?? Number.NaN;
  const day = parts[2] ?? Number.NaN;
  const hour = count > 3 ? (parts[3] ?? Number.NaN) : 0;
  const minute = count > 4 ? (parts[4] ?? Number.NaN) : 0;
  const second = count > 5 ? (parts[5] ?? Number.NaN) : 0;
  const whole = Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day) && Number.isInteger(hour);
  if (!whole || !Number.isInteger(minute) || year < 1900 || year > 9999 || month < 1 || month > 12) return Number.NaN;
  if (day < 1 || day > daysOf(year, month) || hour < 0 || hour > 23 || minute < 0 || minute > 59) return Number.NaN;
  // 60 would be a leap second, which neither PostgreSQL nor JavaScript keeps.
  if (!(second >= 0 && second < 60)) return Number.NaN;
  return Date.UTC(year, month - 1, day, hour, minute) + Math.floor(second * 1000);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Milliseconds by which a zone such as `+02:00` is ahead of UTC. NaN: no such zone. */
function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 15 || minutes > 59) return Number.NaN;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function inRange(time: number): number {
  return time >= EARLIEST_TIME && time <= LATEST_TIME ? time : Number.NaN;
}
