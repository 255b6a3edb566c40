/** The cookie in which gits.js tells the browser's time zone, so that the server writes local times. */
const COOKIE = /(?:^|;\s*)gits_zone=([^;]{1,100})/;
const FALLBACK = 'UTC';

/** An IANA time zone and what is known of it. */
export interface TimeZone {
  readonly name: string;
  /** Minutes east of UTC at a time in epoch milliseconds. */
  offsetAt(time: number): number;
}

const known = new Map<string, TimeZone>();
/** Zones are few; the bound only guards against made-up offsets. */
const MOST_KNOWN = 1000;
const QUARTER_HOUR_MS = 900_000;

/** The visitor's time zone by a request's cookies; UTC when they do not say, or say nonsense. */
export function timeZoneOf(cookies: string | undefined): TimeZone {
  const encoded = COOKIE.exec(cookies ?? '')?.[1] ?? FALLBACK;
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    name = FALLBACK;
  }
  return timeZone(name) ?? timeZone(FALLBACK)!;
}

/** The time zone of this name; null when there is none. */
export function timeZone(name: string): TimeZone | null {
  const zone = known.get(name);
  if (zone !== undefined) return zone;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
  const made: TimeZone = { name, offsetAt: rememberQuarterHour((time) => offset(format, time)) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, made);
  return made;
}

/** A chart asks hundreds of times for nearly the same time, and zones change at quarters of an hour only. */
function rememberQuarterHour(offsetAt: (time: number) => number): (time: number) => number {
  let quarter = Number.NaN;
  let minutes = 0;
  return (time) => {
    const asked = Math.floor(time / QUARTER_HOUR_MS);
    if (asked !== quarter) {
      minutes = offsetAt(time);
      quarter = asked;
    }
    return minutes;
  };
}

/** Reads `GMT+05:30`; UTC itself is `GMT`. */
function offset(format: Intl.DateTimeFormat, time: number): number {
  const text = format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(text);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
