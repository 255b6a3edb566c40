import { Pace } from './pace.js';

describe(Pace.name, () => {
  it('sends the first message at once and then one per interval', () => {
    const pace = new Pace(0.5, 0);
    expect(pace.take(0, 1, 100)).toBe(1);
    expect(pace.wait(1)).toBe(2000);
    expect(pace.take(1999, 1, 100)).toBe(0);
    expect(pace.take(2000, 1, 100)).toBe(1);
  });

  it('keeps a high rate over time whatever the moments it is asked at', () => {
    const pace = new Pace(1000, 0);
    let sent = 0;
    for (let now = 0; now <= 10_000; now += 7) sent += pace.take(now, 1, 5000);
    expect(sent).toBeGreaterThanOrEqual(9990);
    expect(sent).toBeLessThanOrEqual(10_001);
  });

  it('makes up for one second at most after a pause', () => {
    const pace = new Pace(100, 0);
    pace.take(0, 1, 1000);
    expect(pace.take(3_600_000, 1, 1000)).toBe(100);
  });

  it('follows the rate factor', () => {
    const pace = new Pace(10, 0);
    pace.take(0, 1, 1000);
    expect(pace.take(1000, 20, 1000)).toBe(200);
  });

  it('has always as many as are wanted when it goes as fast as it can', () => {
    expect(new Pace(Infinity, 0).take(0, 1, 500)).toBe(500);
    expect(new Pace(Infinity, 0).wait(1)).toBe(0);
  });
});
