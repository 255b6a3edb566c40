import { PostgresJobStore } from '../../../src/jobs/postgres-job-store.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';
import { describeJobStore } from './job-store.contract.js';

describe(PostgresJobStore.name, () => {
  let database: TestDatabase;
  let postgres: Postgres;
  afterAll(async () => {
    await postgres.onApplicationShutdown();
    await database.stop();
  });

  describeJobStore(async () => {
    database = await startTestDatabase();
    postgres = new Postgres(database.url, 'test', 4);
    return new PostgresJobStore(postgres);
  });
});
