import { type Environment } from '../config/environment.js';
import { EmbeddedPostgres } from '../platform/postgres/embedded-postgres.js';
import { migrate, revertLast } from '../platform/postgres/migrator.js';
import { DataDirLock } from '../roles/data-dir-lock.js';

/** `gits migrate`: brings the database to this version, or takes the newest migration back. */
export async function runMigrations(environment: Environment, back: boolean): Promise<number> {
  await withDatabase(environment, async (url) => {
    if (back) {
      const name = await revertLast(url);
      console.log(name === null ? 'There is no migration to take back.' : `Took back ${name}.`);
      return;
    }
    const done = await migrate(url);
    console.log(done.length === 0 ? 'The database is up to date.' : `Ran ${done.join(', ')}.`);
  });
  return 0;
}

/** Lends DATABASE_URL, or starts the embedded server of the data directory for as long as `work` takes. */
async function withDatabase(environment: Environment, work: (url: string) => Promise<void>): Promise<void> {
  if (environment.databaseUrl !== '') return work(environment.databaseUrl);
  const lock = await DataDirLock.take(environment.dataDir);
  try {
    const postgres = await EmbeddedPostgres.start(environment.dataDir, environment.postgresPort, () => undefined);
    try {
      await work(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    await lock.release();
  }
}
