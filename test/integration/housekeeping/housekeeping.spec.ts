import { Housekeeping } from '../../../src/housekeeping/housekeeping.js';
import { PostgresJobStore } from '../../../src/jobs/postgres-job-store.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { ProcessRegistry } from '../../../src/platform/telemetry/process-registry.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';

describe(Housekeeping.name, () => {
  let database: TestDatabase;
  let postgres: Postgres;
  let housekeeping: Housekeeping;
  beforeAll(async () => {
    database = await startTestDatabase();
    postgres = new Postgres(database.url, 'test', 4);
    housekeeping = new Housekeeping(postgres, new ProcessRegistry(postgres));
  });
  afterAll(async () => {
    await postgres.onApplicationShutdown();
    await database.stop();
  });

  const rowCount = async (table: string) => (await postgres.query(`SELECT 1 FROM ${table}`)).rowCount;

  it('folds the counters of past times and keeps every sum', async () => {
    await postgres.query(`
      INSERT INTO gits.job_counts (minute, service, status, lane, jobs)
      SELECT date_trunc('minute', now()) - make_interval(mins => m * 60), s, 'finished', lane, 1
      FROM generate_series(0, 24 * 20) m, generate_series(0, 2) lane, unnest(ARRAY['a', 'b']) s`);
    const store = new PostgresJobStore(postgres);
    const before = await store.counts({ service: 'a' });
    const since = Date.now() - 7 * 24 * 60 * 60_000;
    const minutes = await store.countsPerMinute(since, {});
    await housekeeping.tidy();
    await housekeeping.tidy();
    expect(await store.counts({ service: 'a' })).toEqual(before);
    expect(await store.countsPerMinute(since, {})).toEqual(minutes);
    // Eight days of hours once for each service, the three lanes of the present hour, and one row for all before.
    expect(await rowCount('gits.job_counts')).toBeLessThan(2 * (8 * 24 + 4));
    await housekeeping.tidy();
    expect(await store.counts({ service: 'a' })).toEqual(before);
  });

  it('forgets what is over and keeps what is not', async () => {
    await postgres.query(`
      INSERT INTO gits.idempotency_keys (principal, key, fingerprint, created_at)
      VALUES ('a', 'old', 'x', now() - interval '2 days'), ('a', 'new', 'x', now());
      INSERT INTO gits.processes (id, role, host, pid, health_url, seen_at)
      VALUES ('gone', 'worker', 'h', 1, '', now() - interval '5 minutes'), ('here', 'worker', 'h', 2, '', now())`);
    await housekeeping.tidy();
    expect(await postgres.rows('SELECT key FROM gits.idempotency_keys')).toEqual([{ key: 'new' }]);
    expect(await postgres.rows('SELECT id FROM gits.processes')).toEqual([{ id: 'here' }]);
  });
});
