import pg from 'pg';
import { migrate, pendingMigrations, revertLast } from '../../../src/platform/postgres/migrator.js';
import { MIGRATIONS } from '../../../migrations/migrations.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';

describe('migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(() => database.stop());

  async function tables(): Promise<string[]> {
    const client = new pg.Client(database.url);
    await client.connect();
    const found = await client.query<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('gits', 'data') ORDER BY 1`,
    );
    await client.end();
    return found.rows.map((row) => row.name);
  }

  it('leaves nothing pending and does nothing a second time', async () => {
    expect(await pendingMigrations(database.url)).toEqual([]);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('can all be taken back and run again to the same tables', async () => {
    const before = await tables();
    expect(before).toContain('gits.jobs');
    for (let i = 0; i < MIGRATIONS.length; i += 1) await revertLast(database.url);
    expect(await tables()).toEqual([]);
    expect(await migrate(database.url)).toHaveLength(MIGRATIONS.length);
    expect(await tables()).toEqual(before);
  });
});
