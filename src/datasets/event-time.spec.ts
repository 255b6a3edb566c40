import fc from 'fast-check';
import { EARLIEST_TIME, LATEST_TIME, timeFromJson, timeFromParts, timeFromText } from './event-time.js';

const times = fc.integer({ min: EARLIEST_TIME, max: LATEST_TIME });

describe('event time', () => {
  it('reads back every ISO 8601 text that JavaScript writes', () => {
    fc.assert(fc.property(times, (time) => timeFromText(new Date(time).toISOString()) === time));
  });

  it.each([
    ['2015-01-04', '2015-01-04T00:00:00Z'],
    ['2015-01-04 05:06', '2015-01-04T05:06:00Z'],
    ['2023-01-12T09:08:26.590699', '2023-01-12T09:08:26.590Z'],
    ['2026-01-31T08:30:00+02:00', '2026-01-31T06:30:00Z'],
    ['2026-01-31T08:30:00-0330', '2026-01-31T12:00:00Z'],
    ['2026-01-31T08:30:00+01', '2026-01-31T07:30:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['1420329600000', '2015-01-04T00:00:00Z'],
  ])('reads %s', (text, expected) => {
    expect(timeFromText(text)).toBe(Date.parse(expected));
  });

  it.each([
    '',
    'yesterday',
    '2015',
    '20150104',
    '1420329600',
    '2015-13-01',
    '2015-02-29',
    '2015-01-32',
    '2015-01-04T24:00',
    '2015-01-04T05:60',
    '2015-01-04T05:06:60Z',
    '2026-01-31T08:30+25:00',
    '2015-01-04T05',
    '1e12',
    '0x10',
    "2015-01-04'; DROP TABLE x",
    '1.5',
    '99999999999999999',
    '1850-01-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(timeFromText(text)).toBeNaN();
  });

  it('takes epoch milliseconds from JSON, and nothing but texts and numbers', () => {
    expect(timeFromJson(1420329600000)).toBe(1420329600000);
    for (const value of [null, true, {}, [], [1420329600000], Number.NaN, Infinity, 1e17])
      expect(timeFromJson(value)).toBeNaN();
  });

  it('puts four to six parts together', () => {
    expect(timeFromParts([2015, 1, 4, 23], 4)).toBe(Date.UTC(2015, 0, 4, 23));
    expect(timeFromParts([2015, 1, 4, 23, 59], 5)).toBe(Date.UTC(2015, 0, 4, 23, 59));
    expect(timeFromParts([2015, 1, 4, 23, 59, 58.25], 6)).toBe(Date.UTC(2015, 0, 4, 23, 59, 58, 250));
  });

  it('refuses parts that are no real time', () => {
    for (const parts of [
      [2015, 2, 29, 0],
      [2015, 0, 1, 0],
      [2015, 1, 1, 24],
      [2015.5, 1, 1, 0],
      [15, 1, 1, 0],
      [2015, 1, 1, -1],
    ]) {
      expect(timeFromParts(parts, 4)).toBeNaN();
    }
    expect(timeFromParts([2015, 1, 1, 0, 0, 60], 6)).toBeNaN();
    expect(timeFromParts([2015, 1, 1, 0, Number.NaN], 5)).toBeNaN();
  });
});
