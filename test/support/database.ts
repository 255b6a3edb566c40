import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { migrate } from '../../src/platform/postgres/migrator.js';

export interface TestDatabase {
  url: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL in a folder of its own, migrated and empty. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'gits-test-'));
  const postgres = await EmbeddedPostgres.start(directory, 0, () => undefined);
  await migrate(postgres.url);
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
