import { agoText, clockText, dayText, fullTimeText, sinceText, spanText } from './time-text.js';
import { timeZone, timeZoneOf } from './time-zone.js';

const NOON = Date.UTC(2026, 0, 12, 12, 0, 0, 5);
const utc = timeZone('UTC')!;
const kolkata = timeZone('Asia/Kolkata')!;
const newYork = timeZone('America/New_York')!;

describe('times on pages', () => {
  it.each([
    [-5000, 'now'],
    [1000, 'now'],
    [12_000, '12 s ago'],
    [150_000, '3 min ago'],
    [10_800_000, '3 h ago'],
    [400_000_000, '5 d ago'],
  ])('calls an age of %d ms "%s"', (age, text) => {
    expect(agoText(NOON - age, NOON)).toBe(text);
  });

  it('says how long something has been running', () => {
    expect(sinceText(NOON, NOON)).toBe('1 s');
    expect(sinceText(NOON - 7_200_000, NOON)).toBe('2 h');
  });

  it('shows clocks and days of the zone', () => {
    expect(clockText(NOON, utc)).toBe('12:00');
    expect(clockText(NOON, kolkata, 'second')).toBe('17:30:00');
    expect(clockText(NOON, newYork, 'millisecond')).toBe('07:00:00.005');
    expect(dayText(Date.UTC(2026, 0, 12, 2), newYork)).toBe('11 Jan');
    expect(fullTimeText(NOON, kolkata)).toBe('2026-01-12 17:30:00.005 Asia/Kolkata');
  });

  it('knows daylight saving', () => {
    expect(newYork.offsetAt(Date.UTC(2026, 0, 1))).toBe(-300);
    expect(newYork.offsetAt(Date.UTC(2026, 6, 1))).toBe(-240);
  });

  it('names a span once where both ends share the day', () => {
    expect(spanText(NOON, NOON + 3_600_000, utc)).toBe('12 Jan 2026, 12:00 to 13:00');
    expect(spanText(NOON, NOON + 2000, utc)).toBe('12 Jan 2026, 12:00:00 to 12:00:02');
    expect(spanText(NOON, NOON + 200_000_000, utc)).toBe('12 Jan 2026 to 14 Jan 2026');
  });

  it('reads the zone from a cookie and falls back to UTC for none and for nonsense', () => {
    expect(timeZoneOf('a=b; gits_zone=America%2FNew_York; c=d').name).toBe('America/New_York');
    expect(timeZoneOf(undefined).name).toBe('UTC');
    expect(timeZoneOf('gits_zone=Nowhere%2FLand').name).toBe('UTC');
    expect(timeZoneOf('gits_zone=%E0%A4%A').name).toBe('UTC');
    expect(timeZoneOf('gits_zone=<script>').name).toBe('UTC');
  });
});
