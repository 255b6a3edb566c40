import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/migrations.js';

/** Any 64-bit number of our own: holds back a second `migrate` on the same database. */
const MIGRATION_LOCK = 4_711_001;

/** Runs the migrations that have not run yet, each in its own transaction, and returns their names. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  return withDataSource(databaseUrl, async (dataSource) => {
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const executed = await dataSource.runMigrations({ transaction: 'each' });
      return executed.map((migration) => migration.name);
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await runner.release();
    }
  });
}

/** Takes back the newest migration and returns its name; null when there is none. */
export async function revertLast(databaseUrl: string): Promise<string | null> {
  return withDataSource(databaseUrl, async (dataSource) => {
    const before = await dataSource.query<{ name: string }[]>(
      'SELECT name FROM public.gits_migrations ORDER BY id DESC LIMIT 1',
    );
    await dataSource.undoLastMigration({ transaction: 'each' });
    return before[0]?.name ?? null;
  });
}

/** Names of the migrations that `migrate` would run. */
export async function pendingMigrations(databaseUrl: string): Promise<string[]> {
  return withDataSource(databaseUrl, async (dataSource) => {
    const table = await dataSource.query<{ found: string | null }[]>(
      `SELECT to_regclass('public.gits_migrations') AS found`,
    );
    const done = new Set<string>();
    if (table[0]?.found != null) {
      for (const row of await dataSource.query<{ name: string }[]>('SELECT name FROM public.gits_migrations'))
        done.add(row.name);
    }
    return MIGRATIONS.map((migration) => migration.name).filter((name) => !done.has(name));
  });
}

async function withDataSource<T>(databaseUrl: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'gits migrate',
    migrations: [...MIGRATIONS],
    schema: 'public',
    migrationsTableName: 'gits_migrations',
    synchronize: false,
  });
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
