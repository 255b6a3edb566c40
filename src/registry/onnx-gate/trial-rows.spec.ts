import { completeRows, cycleRows, generateTrialRows } from './trial-rows.js';

describe(generateTrialRows.name, () => {
  const rows = generateTrialRows(64, 3);

  it('starts with a row of zeros and a row of ones', () => {
    expect([...rows.subarray(0, 6)]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('spreads the others up to 1,000, some negative, all different, none missing', () => {
    expect(rows).toHaveLength(192);
    expect(rows.every((entry) => Math.abs(entry) <= 1000)).toBe(true);
    expect(Math.max(...rows)).toBeGreaterThan(100);
    expect(rows.some((entry) => entry < 0)).toBe(true);
    expect(new Set(rows.subarray(6)).size).toBe(186);
  });

  it('gives the same rows each time', () => {
    expect(generateTrialRows(64, 3)).toEqual(rows);
    expect(generateTrialRows(64, 3, 1)).not.toEqual(rows);
  });
});

describe(completeRows.name, () => {
  it('leaves out rows with a missing value', () => {
    expect([...completeRows(Float64Array.of(1, 2, NaN, 4, 5, 6), 2)]).toEqual([1, 2, 5, 6]);
    expect(completeRows(new Float64Array(0), 2)).toHaveLength(0);
  });
});

describe(cycleRows.name, () => {
  it('repeats rows from the first on, and cuts what is too many', () => {
    const rows = Float64Array.of(1, 2, 3, 4);
    expect([...cycleRows(rows, 3, 2)]).toEqual([1, 2, 3, 4, 1, 2]);
    expect([...cycleRows(rows, 1, 2)]).toEqual([1, 2]);
  });
});
