const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const BLANK = 0x20;
const E = 0x65;

/** A number with at most this many digits is a whole number below 2^53: no bit of it is lost. */
const MAX_EXACT_DIGITS = 15;
/** Powers of ten up to 10^22 are exact in a double, so one division or multiplication rounds once, as it should (Clinger 1990). */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** What `numberFromBytes` answers when the bytes are no number, since no cell may hold infinity. */
export const NOT_A_NUMBER = Infinity;

/**
 * The number that `bytes` spell from `start` to `end`, the very double that Number() gives; NaN when there are only
 * blanks, NOT_A_NUMBER when it is none. Most numbers are read without making a string.
 */
export function numberFromBytes(bytes: Buffer, start: number, end: number): number {
  while (start < end && bytes[start]! <= BLANK) start += 1;
  while (end > start && bytes[end - 1]! <= BLANK) end -= 1;
  if (start === end) return Number.NaN;
  let at = start;
  const sign = bytes[at]!;
  if (sign === MINUS || sign === PLUS) at += 1;
  let digits = 0;
  let fraction = 0;
  let mantissa = 0;
  let seenDot = false;
  let significant = 0;
  for (; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      digits += 1;
      if (significant > 0 || byte !== ZERO) significant += 1;
      mantissa = mantissa * 10 + (byte - ZERO);
      if (seenDot) fraction += 1;
    } else if (byte === DOT && !seenDot) {
      seenDot = true;
    } else {
      break;
    }
  }
  if (digits === 0) return NOT_A_NUMBER;
  if (at < end) return withExponent(bytes, start, at, end);
  if (significant > MAX_EXACT_DIGITS || fraction > 22) return finite(bytes, start, end);
  const value = fraction === 0 ? mantissa : mantissa / POWERS_OF_TEN[fraction]!;
  return sign === MINUS ? -value : value;
}

/** The rest after the digits must be an exponent. */
function withExponent(bytes: Buffer, start: number, at: number, end: number): number {
  if ((bytes[at]! | 0x20) !== E) return NOT_A_NUMBER;
  at += 1;
  if (bytes[at] === MINUS || bytes[at] === PLUS) at += 1;
  if (at >= end) return NOT_A_NUMBER;
  for (let i = at; i < end; i += 1) {
    if (bytes[i]! < ZERO || bytes[i]! > NINE) return NOT_A_NUMBER;
  }
  return finite(bytes, start, end);
}

function finite(bytes: Buffer, start: number, end: number): number {
  const value = Number(bytes.toString('latin1', start, end));
  return Number.isFinite(value) ? value : NOT_A_NUMBER;
}
