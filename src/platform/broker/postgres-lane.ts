import pg from 'pg';
import { type PostgresConnection, connectionOptions } from '../postgres/postgres.js';

/** One connection on which one batch at a time is locked, written and taken out of the queue. */
export class PostgresLane {
  private client: pg.Client | undefined;

  constructor(
    readonly number: number,
    private readonly url: string,
  ) {}

  /** The connection, made when it is missing. Statements are pipelined: sent without waiting for the one before. */
  async connection(): Promise<PostgresConnection> {
    if (this.client === undefined) {
      const client = new pg.Client({
        ...connectionOptions(this.url, `gits consumer lane ${this.number}`),
        pipeline: true,
      });
      client.on('error', () => this.drop(client));
      client.on('end', () => this.drop(client));
      await client.connect();
      // Written results are worth a flush to disk even where the server's default says otherwise.
      await client.query('SET synchronous_commit = on');
      // The queue's size swings faster than its statistics: always walk its index in order.
      await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
      this.client = client;
    }
    return this.client as unknown as PostgresConnection;
  }

  /** Ends the transaction; a connection that cannot do that is thrown away, and the server rolls back. */
  async rollback(): Promise<void> {
    const client = this.client;
    if (client === undefined) return;
    try {
      await client.query('ROLLBACK');
    } catch {
      this.drop(client);
      await client.end().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private drop(client: pg.Client): void {
    if (this.client === client) this.client = undefined;
  }
}
