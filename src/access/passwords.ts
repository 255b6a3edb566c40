import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { newToken } from './secrets.js';

export const MIN_PASSWORD_LENGTH = 10;
/** Longer ones are refused unread, so that nobody can make the server hash megabytes. */
export const MAX_PASSWORD_LENGTH = 1024;

/** Argon2id with the first choice of the OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes passwords and checks them. */
@Injectable()
export class Passwords {
  private decoy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return hash(password, ARGON2ID);
  }

  /**
   * Whether a password belongs to a hash. Null, for an unknown user or one without a password, takes just as long and
   * is always false.
   */
  async check(password: string, storedHash: string | null): Promise<boolean> {
    this.decoy ??= this.hash(newToken());
    const decoy = await this.decoy;
    if (password.length > MAX_PASSWORD_LENGTH) return false;
    const matches = await verify(storedHash ?? decoy, password);
    return storedHash !== null && matches;
  }
}
