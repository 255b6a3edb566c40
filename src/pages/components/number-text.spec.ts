import { amountText, compactText, countText, durationText, rateText, shareText, valueText } from './number-text.js';

describe('numbers on pages', () => {
  it('groups the digits of counts', () => {
    expect(countText(0)).toBe('0');
    expect(countText(1_234_567)).toBe('1,234,567');
    expect(compactText(12_345)).toBe('12.3K');
    expect([0, 1, 1204].map((count) => amountText(count, 'job'))).toEqual(['0 jobs', '1 job', '1,204 jobs']);
  });

  it('gives values six significant digits', () => {
    expect(valueText(366.895082)).toBe('366.895');
    expect(valueText(-0.00012345678)).toBe('-0.000123457');
  });

  it('gives small rates one decimal and large ones none', () => {
    expect(rateText(0.5)).toBe('0.5');
    expect(rateText(99.94)).toBe('99.9');
    expect(rateText(15_234.4)).toBe('15,234');
  });

  it.each([
    [0, '0.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_900, '59.9 s'],
    [59_990, '1.0 min'],
    [3_600_000, '1.0 h'],
  ])('writes a span of %d ms as %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  it.each([
    [0, 0, '–'],
    [0, 10, '0 %'],
    [1, 1_000_000, '<0.1 %'],
    [1, 3, '33.3 %'],
    [999_999, 1_000_000, '>99.9 %'],
    [10, 10, '100 %'],
  ])('writes %d of %d as %s', (part, whole, text) => {
    expect(shareText(part, whole)).toBe(text);
  });
});
