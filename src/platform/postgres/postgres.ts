import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';

/** A connection inside a transaction, or one taken out of the pool. */
export type PostgresConnection = pg.PoolClient;

/** Anything that can run a statement. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

const INT8 = 20;

/** Counts and sequences are far below 2^53, so bigint columns are read as numbers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown)) as pg.CustomTypesConfig['getTypeParser'],
};

/** The options of a connection with this program's conventions. */
export function connectionOptions(url: string, applicationName: string): pg.ClientConfig {
  return { connectionString: url, application_name: applicationName, types, keepAlive: true };
}

/** A connection was lost or refused: nothing was decided, the work can be tried again. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') {
    // SQLSTATE classes: 08 connection, 53 resources, 57P operator intervention, 40 rollback by the server.
    if (/^(08|53|57P|40)/.test(code)) return true;
    if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code)) return true;
  }
  return /Connection terminated|connection timeout|not queryable|Client was closed/i.test(error.message);
}

/** Direct access to PostgreSQL, for the paths on which rows are moved in bulk. */
@Injectable()
export class Postgres implements OnApplicationShutdown {
  private readonly pool: pg.Pool;

  constructor(
    readonly url: string,
    applicationName: string,
    maxConnections: number,
  ) {
    this.pool = new pg.Pool({
      ...connectionOptions(url, applicationName),
      max: maxConnections,
      idleTimeoutMillis: 60_000,
    });
    // An idle connection that breaks is dropped by the pool; the next query makes a new one.
    this.pool.on('error', () => undefined);
  }

  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>> {
    return this.pool.query<Row>(query as string, values);
  }

  /** The rows of a query. */
  async rows<Row extends pg.QueryResultRow>(query: string, values?: unknown[]): Promise<Row[]> {
    return (await this.query<Row>(query, values)).rows;
  }

  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  async transaction<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    return this.withConnection(async (connection) => {
      await connection.query('BEGIN');
      try {
        const result = await work(connection);
        await connection.query('COMMIT');
        return result;
      } catch (error) {
        await connection.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** Lends one connection, for COPY and cursors. A connection that broke is thrown away. */
  async withConnection<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    const connection = await this.pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    connection.on('error', onError);
    try {
      return await work(connection);
    } catch (error) {
      if (isConnectionError(error)) broken = error as Error;
      throw error;
    } finally {
      connection.removeListener('error', onError);
      connection.release(broken);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }
}
