/**
 * Round values at even steps that cover a range: the first is at or below `min`, the last at or above `max`. Steps are 1, 2
 * or 5 times a power of ten, as in d3-array's `ticks`; here the outer ticks are included, so that they can be the axis.
 *
 * @param count about how many steps are wanted; there are up to about twice as many
 * @returns at least two values, rising; a range of one value is widened around it
 * @example linearTicks(0, 1203, 3) // [0, 500, 1000, 1500]
 */
export function linearTicks(min: number, max: number, count: number): number[] {
  if (min === max) return linearTicks(min - (Math.abs(min) / 10 || 1), max + (Math.abs(max) / 10 || 1), count);
  const step = roundStep((max - min) / count);
  const first = Math.floor(min / step);
  const last = Math.ceil(max / step);
  // Counted in whole steps: adding a step of 0.1 again and again would drift.
  return Array.from({ length: last - first + 1 }, (_, index) => tidy((first + index) * step));
}

function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / power;
  // Geometric means of neighbours: the nearest step on a logarithmic scale.
  const factor = ratio >= Math.sqrt(50) ? 10 : ratio >= Math.sqrt(10) ? 5 : ratio >= Math.SQRT2 ? 2 : 1;
  return factor * power;
}

/** Takes off the noise of binary fractions, such as 0.30000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
