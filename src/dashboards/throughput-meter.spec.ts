import { ThroughputMeter, lastMinuteRate } from './throughput-meter.js';

describe('ThroughputMeter', () => {
  it('says nothing until two looks are apart', () => {
    const meter = new ThroughputMeter();
    expect(meter.look(0, 100)).toBeNull();
    expect(meter.look(1000, 200)).toBeNull();
    expect(meter.look(2000, 300)).toBe(100);
  });

  it('gives the same rate when it is told the same again', () => {
    const meter = new ThroughputMeter();
    meter.look(0, 100);
    expect([meter.look(2000, 300), meter.look(2000, 300)]).toEqual([100, 100]);
    expect(meter.look(4000, 500)).toBe(100);
  });

  it('forgets what is older than its window', () => {
    const meter = new ThroughputMeter();
    meter.look(0, 0);
    meter.look(8000, 8000);
    expect(meter.look(12_000, 8000)).toBe(0);
    expect(meter.look(60_000, 9000)).toBeNull();
  });

  it('starts anew when jobs were deleted, and never shows a negative rate', () => {
    const meter = new ThroughputMeter();
    meter.look(0, 1000);
    meter.look(2000, 1200);
    expect(meter.look(4000, 500)).toBeNull();
    expect(meter.look(6000, 510)).toBe(5);
  });
});

describe('lastMinuteRate', () => {
  const minute = (at: number, jobs: number, status: 'finished' | 'failed' | 'queued' = 'finished') => ({
    minute: at * 60_000,
    status,
    jobs,
  });

  it('counts the part of the minute before that still lies in the window', () => {
    expect(lastMinuteRate([minute(4, 600), minute(5, 300)], 5.5 * 60_000)).toBe(10);
    expect(lastMinuteRate([minute(4, 600)], 5 * 60_000)).toBe(10);
  });

  it('counts what has ended, well or badly, and nothing older', () => {
    expect(lastMinuteRate([minute(5, 30), minute(5, 30, 'failed'), minute(5, 600, 'queued')], 5.5 * 60_000)).toBe(1);
    expect(lastMinuteRate([minute(2, 600)], 5.5 * 60_000)).toBe(0);
    expect(lastMinuteRate([], 0)).toBe(0);
  });
});
