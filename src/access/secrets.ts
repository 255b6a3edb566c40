import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Bytes from here on would favour the first letters of the alphabet: 248 is the largest multiple of 62 in a byte. */
const UNBIASED_BELOW = 248;

const PREFIX_LENGTH = 8;
/** 43 letters of 62 are 256 bits. */
const SECRET_LENGTH = 43;
const API_KEY = new RegExp(`^gits_[0-9A-Za-z]{${PREFIX_LENGTH}}_[0-9A-Za-z]{${SECRET_LENGTH}}$`);
const TOKEN = /^[0-9A-Za-z_-]{43}$/;

/** A new token of a session or a login link: 256 random bits as base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text can be a token at all; saves a query for what is none. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** A new API key `gits_<prefix>_<secret>`, and the part of it that may be shown later. */
export function newApiKey(): { key: string; prefix: string } {
  const prefix = `gits_${randomLetters(PREFIX_LENGTH)}`;
  return { key: `${prefix}_${randomLetters(SECRET_LENGTH)}`, prefix };
}

/** Whether a text can be an API key of ours at all; saves a query for what is none. */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/**
 * SHA-256 in hex: what is stored of a key or a token. They carry 256 random bits, so a slow hash would add nothing, and
 * looking one up by its hash tells an attacker nothing about its letters.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** Compares two hashes of `hashSecret` in a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}

function randomLetters(length: number): string {
  let letters = '';
  while (letters.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < UNBIASED_BELOW && letters.length < length) letters += BASE62[byte % BASE62.length];
    }
  }
  return letters;
}
