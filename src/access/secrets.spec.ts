import { hashSecret, isApiKey, isToken, newApiKey, newToken, sameHash } from './secrets.js';

describe('secrets', () => {
  it('makes API keys of the documented form, each another', () => {
    const keys = Array.from({ length: 200 }, () => newApiKey());
    for (const { key, prefix } of keys) {
      expect(key).toMatch(/^gits_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}$/);
      expect(key.startsWith(`${prefix}_`)).toBe(true);
      expect(isApiKey(key)).toBe(true);
    }
    expect(new Set(keys.map(({ key }) => key)).size).toBe(200);
    expect(new Set(keys.map(({ prefix }) => prefix)).size).toBe(200);
  });

  it('uses every letter of the alphabet about equally often', () => {
    const counts = new Map<string, number>();
    const letters = Array.from({ length: 2000 }, () => newApiKey().key.slice(-43)).join('');
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(62);
    const expected = letters.length / 62;
    // 86,000 letters: the standard deviation of a count is 37, so 8 of them never happen by chance; a biased modulo
    // would add a quarter to the first eight letters.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(8 * Math.sqrt(expected));
  });

  it('makes tokens of 256 bits that fit into a URL and a cookie', () => {
    const tokens = Array.from({ length: 100 }, () => newToken());
    for (const token of tokens) {
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      expect(isToken(token)).toBe(true);
    }
    expect(new Set(tokens).size).toBe(100);
  });

  it.each(['', 'gits_', 'gits_abcdefgh_short', `gits_abcdefg!_${'x'.repeat(43)}`, `gits_abcdefgh_${'x'.repeat(44)}`])(
    'does not take %j for an API key',
    (text) => {
      expect(isApiKey(text)).toBe(false);
    },
  );

  it('stores the SHA-256 of a secret', () => {
    // FIPS 180-2, appendix B.1.
    expect(hashSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sameHash(hashSecret('abc'), hashSecret('abc'))).toBe(true);
    expect(sameHash(hashSecret('abc'), hashSecret('abd'))).toBe(false);
  });
});
