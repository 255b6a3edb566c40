/** What stands where there is no number. */
export const NO_FIGURE = '–';

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const VALUE = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });
const ONE_DIGIT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A count in full: `1,234,567`. */
export function countText(count: number): string {
  return COUNT.format(count);
}

/** A count of things: `1 message`, `1,204 messages`. */
export function amountText(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${COUNT.format(count)} ${thing}s`;
}

/** A count for narrow places such as axes: `12.3K`. */
export function compactText(count: number): string {
  return COMPACT.format(count);
}

/** A measured or predicted value with six significant digits: `366.895`. */
export function valueText(value: number): string {
  return VALUE.format(value);
}

/** Something per second: `0.5`, `12.3`, `15,234`. */
export function rateText(perSecond: number): string {
  return perSecond < 100 ? ONE_DIGIT.format(perSecond) : COUNT.format(perSecond);
}

/** A span of time in the unit that suits it: `3.2 ms`, `140 ms`, `1.2 s`, `2.5 min`, `3.4 h`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 9.95) return `${ONE_DIGIT.format(milliseconds)} ms`;
  if (milliseconds < 999.5) return `${COUNT.format(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${ONE_DIGIT.format(milliseconds / 1000)} s`;
  if (milliseconds < 3_597_000) return `${ONE_DIGIT.format(milliseconds / 60_000)} min`;
  return `${ONE_DIGIT.format(milliseconds / 3_600_000)} h`;
}

/** `part` of `whole` in percent. Never `0 %` while there is something, nor `100 %` while something is missing. */
export function shareText(part: number, whole: number): string {
  if (whole <= 0) return NO_FIGURE;
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return '<0.1 %';
  if (part < whole && percent > 99.9) return '>99.9 %';
  return `${percent === 0 || percent === 100 ? percent : ONE_DIGIT.format(percent)} %`;
}
