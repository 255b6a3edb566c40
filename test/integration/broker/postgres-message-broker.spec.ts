import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PostgresMessageBroker } from '../../../src/platform/broker/postgres-message-broker.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';
import { describeMessageBroker } from './message-broker.contract.js';

describe(PostgresMessageBroker.name, () => {
  let database: TestDatabase;
  let postgres: Postgres;
  afterAll(async () => {
    await postgres.onApplicationShutdown();
    await database.stop();
  });

  describeMessageBroker(async () => {
    database = await startTestDatabase();
    postgres = new Postgres(database.url, 'test', 4);
    const program = fileURLToPath(new URL('./consume-and-hang.mjs', import.meta.url));
    return {
      broker: new PostgresMessageBroker(postgres),
      consumeAndDie: (queue) =>
        new Promise((done, fail) => {
          const child = spawn(process.execPath, [program, database.url, queue], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          child.once('error', fail);
          child.stdout.once('data', () => child.kill('SIGKILL'));
          child.once('exit', () => done());
        }),
    };
  });
});
