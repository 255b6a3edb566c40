/**
 * Rows for a trial when there are none of the dataset: all zeros, all ones, then values from 0 to 1, 10, 100 and 1,000, every
 * eighth row negative. Seeded, so a verdict can be had again.
 *
 * @returns row-major, [rowCount, width]
 */
export function generateTrialRows(rowCount: number, width: number, seed = 20_260_101): Float64Array {
  const rows = new Float64Array(rowCount * width);
  rows.fill(1, width, 2 * width);
  let state = seed >>> 0;
  for (let row = 2; row < rowCount; row++) {
    const scale = 10 ** (row % 4) * (row % 8 === 7 ? -1 : 1);
    for (let i = row * width; i < (row + 1) * width; i++) {
      // Mulberry32: a small generator is enough to spread values.
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      rows[i] = (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * scale;
    }
  }
  return rows;
}

/** The rows without a missing value, row-major. */
export function completeRows(rows: Float64Array, width: number): Float64Array {
  const kept: number[] = [];
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    if (!row.some(Number.isNaN)) kept.push(...row);
  }
  return Float64Array.from(kept);
}

/** Repeats rows from the first on until there are `rowCount`. */
export function cycleRows(rows: Float64Array, rowCount: number, width: number): Float64Array {
  const cycled = new Float64Array(rowCount * width);
  for (let at = 0; at < cycled.length; at += rows.length) cycled.set(rows.subarray(0, cycled.length - at), at);
  return cycled;
}
