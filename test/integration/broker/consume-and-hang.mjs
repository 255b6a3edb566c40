// Takes one batch and holds it for ever: the test kills this process in the middle of its work.
import { PostgresMessageBroker } from '../../../dist/src/platform/broker/postgres-message-broker.js';
import { Postgres } from '../../../dist/src/platform/postgres/postgres.js';

const [, , url, queue] = process.argv;
const broker = new PostgresMessageBroker(new Postgres(url, 'test consumer', 2));
await broker.consume([queue], { batchSize: 100, batchesInFlight: 1 }, async (batch) => {
  process.stdout.write(`holding ${batch.messages.length}\n`);
  await new Promise(() => undefined);
});
