import pg from 'pg';
import { connectionOptions } from '../../src/platform/postgres/postgres.js';

/** The rows of one query on a connection of its own: the server may be killed and started between two of them. */
export async function selectRows<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(connectionOptions(url, 'gits test'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
