import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Postgres, type PostgresConnection } from '../postgres/postgres.js';
import { InvalidProblem, UnprocessableProblem } from './problem.js';

const LONGEST_KEY = 255;

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again with the same key gets the
 * first answer again and does nothing. Work, key and answer are one transaction: after a crash there are all or none.
 */
@Injectable()
export class Idempotency {
  constructor(private readonly postgres: Postgres) {}

  /**
   * Runs `work` in a transaction, once per principal and key; without a key, every time.
   *
   * @param request what was asked; another request under a used key is refused
   */
  async once<T>(
    principal: string,
    key: string | undefined,
    request: unknown,
    work: (transaction: PostgresConnection) => Promise<T>,
  ): Promise<T> {
    if (key === undefined) return this.postgres.transaction(work);
    if (key === '' || key.length > LONGEST_KEY) {
      throw new InvalidProblem(
        'invalid-idempotency-key',
        `Idempotency-Key must have 1 to ${LONGEST_KEY} characters, but has ${key.length}.`,
      );
    }
    const fingerprint = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    return this.postgres.transaction(async (transaction) => {
      // A second request with the key waits here for the first one's transaction.
      const added = await transaction.query(
        'INSERT INTO gits.idempotency_keys (principal, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [principal, key, fingerprint],
      );
      if (added.rowCount === 0) return this.firstAnswer<T>(transaction, principal, key, fingerprint);
      const answer = await work(transaction);
      await transaction.query('UPDATE gits.idempotency_keys SET response = $3 WHERE principal = $1 AND key = $2', [
        principal,
        key,
        JSON.stringify(answer),
      ]);
      return answer;
    });
  }

  private async firstAnswer<T>(transaction: PostgresConnection, principal: string, key: string, fingerprint: string) {
    const found = await transaction.query<{ fingerprint: string; response: T }>(
      'SELECT fingerprint, response FROM gits.idempotency_keys WHERE principal = $1 AND key = $2',
      [principal, key],
    );
    const first = found.rows[0];
    if (first?.fingerprint !== fingerprint) {
      throw new UnprocessableProblem(
        'idempotency-key-reused',
        'This Idempotency-Key was used for another request. Take a new one.',
      );
    }
    return first.response;
  }
}
