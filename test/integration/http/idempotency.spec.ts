import { setTimeout as sleep } from 'node:timers/promises';
import { Idempotency } from '../../../src/platform/http/idempotency.js';
import { InvalidProblem, UnprocessableProblem } from '../../../src/platform/http/problem.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';

describe(Idempotency.name, () => {
  let database: TestDatabase;
  let postgres: Postgres;
  let idempotency: Idempotency;
  let calls = 0;
  beforeAll(async () => {
    database = await startTestDatabase();
    postgres = new Postgres(database.url, 'test', 8);
    idempotency = new Idempotency(postgres);
  });
  beforeEach(() => {
    calls = 0;
  });
  afterAll(async () => {
    await postgres.onApplicationShutdown();
    await database.stop();
  });
  const work = async () => {
    await sleep(20);
    return { call: (calls += 1) };
  };

  it('works every time without a key', async () => {
    await idempotency.once('ann', undefined, {}, work);
    await idempotency.once('ann', undefined, {}, work);
    expect(calls).toBe(2);
  });

  it('works once for a key and gives the first answer again', async () => {
    expect(await idempotency.once('ann', 'k1', { a: 1 }, work)).toEqual({ call: 1 });
    expect(await idempotency.once('ann', 'k1', { a: 1 }, work)).toEqual({ call: 1 });
    expect(calls).toBe(1);
  });

  it('works once also when the same request comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => idempotency.once('ann', 'k2', { a: 1 }, work)));
    expect(calls).toBe(1);
    expect(new Set(answers.map((answer) => answer.call))).toEqual(new Set([1]));
  });

  it('refuses another request under a used key', async () => {
    await idempotency.once('ann', 'k3', { a: 1 }, work);
    await expect(idempotency.once('ann', 'k3', { a: 2 }, work)).rejects.toThrow(UnprocessableProblem);
  });

  it('keeps the keys of two callers apart', async () => {
    await idempotency.once('ann', 'k4', { a: 1 }, work);
    await idempotency.once('bob', 'k4', { a: 2 }, work);
    expect(calls).toBe(2);
  });

  it('forgets a key whose work failed', async () => {
    const failing = async () => Promise.reject(new Error('no luck'));
    await expect(idempotency.once('ann', 'k5', {}, failing)).rejects.toThrow('no luck');
    expect(await idempotency.once('ann', 'k5', {}, work)).toEqual({ call: 1 });
  });

  it.each(['', 'x'.repeat(256)])('refuses the key %j', async (key) => {
    await expect(idempotency.once('ann', key, {}, work)).rejects.toThrow(InvalidProblem);
  });
});
