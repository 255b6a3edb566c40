import fc from 'fast-check';
import { NOT_A_NUMBER, numberFromBytes } from './number-bytes.js';

function read(text: string): number {
  const bytes = Buffer.from(`xx${text}yy`);
  return numberFromBytes(bytes, 2, bytes.length - 2);
}

describe('numberFromBytes', () => {
  it('gives the very double that JavaScript reads, for any number it writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) =>
        Object.is(read(String(number)), Number(String(number))),
      ),
    );
  });

  it('gives the very double that JavaScript reads, for decimals of any length', () => {
    const decimals = fc
      .tuple(fc.constantFrom('', '-', '+'), fc.stringMatching(/^\d{0,22}$/), fc.stringMatching(/^\d{0,25}$/))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === '' ? '' : '.'}${fraction}`)
      .filter((text) => /\d/.test(text));
    fc.assert(
      fc.property(decimals, (text) => Object.is(read(text), Number(text))),
      { numRuns: 2000 },
    );
  });

  it.each([
    '0',
    '-0',
    '7.9000000000000004',
    '.5',
    '5.',
    '1e3',
    '1E-3',
    '-1.5e+2',
    '9007199254740993',
    '  12 ',
    '\t1.5',
  ])('reads %j', (text) => {
    expect(read(text)).toBe(Number(text));
  });

  it('takes blanks for a missing value', () => {
    expect(read('')).toBeNaN();
    expect(read('  \t')).toBeNaN();
  });

  it.each([
    'x',
    '1x',
    '1,5',
    '1.2.3',
    '--1',
    '+',
    '-',
    '.',
    'e5',
    '1e',
    '1e+',
    '1e5x',
    'NaN',
    'Infinity',
    '1e999',
    '0x10',
    '1_000',
    '1 2',
    '１',
  ])('refuses %j', (text) => {
    expect(read(text)).toBe(NOT_A_NUMBER);
  });
});
