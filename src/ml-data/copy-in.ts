import { once } from 'node:events';
import { type CopyStreamQuery, from } from 'pg-copy-streams';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import type { PostgresConnection } from '../platform/postgres/postgres.js';
import { COPY_BEGIN, COPY_END, CopyEncoder } from './copy-encoder.js';
import type { RowBatch } from './row-batch.js';

/** Sends batches to a table by one binary COPY, on a connection inside the caller's transaction. */
export class CopyIn {
  private readonly stream: CopyStreamQuery;
  private readonly encoder: CopyEncoder;
  private failure: Error | undefined;

  constructor(
    connection: PostgresConnection,
    table: string,
    private readonly batch: RowBatch,
  ) {
    const columns = batch.columns.map((column) => quoteIdentifier(column.name)).join(', ');
    this.encoder = new CopyEncoder(batch);
    this.stream = connection.query(from(`COPY ${table} (${columns}) FROM STDIN (FORMAT binary)`));
    this.stream.on('error', (error: Error) => {
      this.failure ??= error;
    });
    this.stream.write(COPY_BEGIN);
  }

  /** Takes the rows out of the batch. They are on their way; wait for `drained` before reading much more. */
  flush(): void {
    if (this.batch.length > 0) this.stream.write(this.encoder.encode());
    this.batch.clear();
  }

  /** Waits until the server has taken most of what was flushed. Throws what the server refused. */
  async drained(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    if (this.stream.writableNeedDrain) await once(this.stream, 'drain');
  }

  /** Ends the COPY; returns how many rows the server took. */
  async end(): Promise<number> {
    this.flush();
    await this.drained();
    this.stream.end(COPY_END);
    if (!this.stream.writableFinished) await once(this.stream, 'finish');
    if (this.failure !== undefined) throw this.failure;
    return this.stream.rowCount;
  }

  /** Gives the COPY up, so that the connection can roll back. */
  async abort(): Promise<void> {
    if (this.stream.closed || this.failure !== undefined) return;
    const closed = new Promise<void>((done) => this.stream.once('close', () => done()));
    this.stream.destroy(new Error('the import was given up'));
    await closed;
  }
}
