import { timeZone } from '../components/time-zone.js';
import { timeTicks } from './time-ticks.js';

const utc = timeZone('UTC')!;
const texts = (from: number, to: number, count: number, zone = utc) =>
  timeTicks(from, to, count, zone).map(({ text }) => text);

describe('timeTicks', () => {
  it('steps an hour by quarters', () => {
    const from = Date.UTC(2026, 0, 12, 14, 2);
    expect(texts(from, from + 3_600_000, 5)).toEqual(['14:15', '14:30', '14:45', '15:00']);
  });

  it('stands on round times of the zone, also of one with half an hour', () => {
    const from = Date.UTC(2026, 0, 12, 14, 2);
    expect(texts(from, from + 6 * 3_600_000, 3, timeZone('Asia/Kolkata')!)).toEqual(['20:00', '22:00', '13 Jan']);
  });

  it('names days over days', () => {
    const from = Date.UTC(2015, 0, 1, 0, 5);
    expect(texts(from, from + 8 * 86_400_000, 6)).toEqual(['3 Jan', '5 Jan', '7 Jan', '9 Jan']);
  });

  it('shows milliseconds of a burst', () => {
    const from = Date.UTC(2026, 0, 12, 14, 2, 3, 4);
    expect(texts(from, from + 13, 3)).toEqual(['14:02:03.005', '14:02:03.010', '14:02:03.015']);
  });

  it('never gives more than asked for, nor hangs in an empty or endless range', () => {
    expect(timeTicks(5, 5, 4, utc).length).toBeLessThanOrEqual(1);
    expect(timeTicks(0, Date.UTC(2200, 0, 1), 5, utc).length).toBeLessThanOrEqual(5);
  });
});
