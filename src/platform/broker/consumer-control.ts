import { Logger } from '@nestjs/common';
import pg from 'pg';
import { connectionOptions } from '../postgres/postgres.js';

/** LISTEN/NOTIFY channel on which a queue's name says that it has new messages. */
export const MESSAGES_CHANNEL = 'gits_messages';

const RECONNECT_MS = [100, 300, 1000, 3000, 5000];
/** First key of the advisory locks that say which consumers live. */
const LOCK_CLASS = 4_711_002;

/**
 * The consumer's own connection: it hears of new messages, notes which messages each lane holds, and holds an advisory
 * lock as a sign of life. A lock that can be taken belongs to a consumer that died: its noted messages count one attempt
 * more, so that a message which kills its worker again and again becomes a dead letter.
 */
export class ConsumerControl {
  private readonly logger = new Logger(ConsumerControl.name);
  private client: pg.Client | undefined;
  private consumer = 0;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly onQueue: (queue: string) => void,
    private readonly onConnected: () => void,
  ) {}

  get connected(): boolean {
    return this.client !== undefined;
  }

  async connect(): Promise<void> {
    const client = new pg.Client({ ...connectionOptions(this.url, 'gits consumer'), pipeline: true });
    client.on('error', () => undefined);
    client.on('notification', (notification) => this.onQueue(notification.payload ?? ''));
    try {
      await client.connect();
      // A lost claim only costs the count of an attempt, so it need not wait for the disk.
      await client.query('SET synchronous_commit = off');
      if (this.consumer === 0) {
        const next = await client.query<{ consumer: number }>(`SELECT nextval('gits.consumers')::integer AS consumer`);
        this.consumer = next.rows[0]?.consumer ?? 0;
      }
      await client.query('SELECT pg_advisory_lock($1, $2)', [LOCK_CLASS, this.consumer]);
      await client.query(`LISTEN ${MESSAGES_CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => this.onLost(client));
    this.client = client;
    this.onConnected();
  }

  /** Notes that `lane` holds these messages. Called before any work on them. */
  async claim(lane: number, queue: string, sequences: readonly number[]): Promise<void> {
    await this.require().query({
      name: 'gits-claim',
      text: `INSERT INTO gits.message_claims VALUES ($1, $2, $3, $4)
             ON CONFLICT (consumer, lane) DO UPDATE SET queue = excluded.queue, sequences = excluded.sequences`,
      values: [this.consumer, lane, queue, toMultirange(sequences)],
    });
  }

  /** Counts an attempt for what dead consumers held; returns the queues that have messages to try again. */
  async countAttemptsOfTheDead(): Promise<string[]> {
    const client = this.require();
    const others = await client.query<{ consumer: number }>(
      'SELECT DISTINCT consumer FROM gits.message_claims WHERE consumer <> $1',
      [this.consumer],
    );
    const queues = new Set<string>();
    for (const { consumer } of others.rows) {
      const lock = await client.query<{ dead: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS dead', [
        LOCK_CLASS,
        consumer,
      ]);
      if (lock.rows[0]?.dead !== true) continue;
      const counted = await client.query<{ queue: string }>(
        `WITH claims AS (DELETE FROM gits.message_claims WHERE consumer = $1 RETURNING queue, sequences),
              ranges AS (SELECT queue, unnest(sequences) AS range FROM claims),
              held AS (SELECT m.sequence FROM ranges r
                       JOIN gits.messages m ON m.queue = r.queue AND m.sequence >= lower(r.range)
                         AND m.sequence < upper(r.range)
                       FOR UPDATE OF m SKIP LOCKED)
         UPDATE gits.messages m SET attempts = attempts + 1, available_at = now(), last_error = 'the worker died'
         FROM held WHERE m.sequence = held.sequence RETURNING m.queue`,
        [consumer],
      );
      await client.query('SELECT pg_advisory_unlock($1, $2)', [LOCK_CLASS, consumer]);
      if (counted.rowCount !== 0) {
        this.logger.warn(`${counted.rowCount} messages of a worker that died are delivered again`);
      }
      for (const row of counted.rows) queues.add(row.queue);
    }
    return [...queues];
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const client = this.client;
    this.client = undefined;
    if (client === undefined) return;
    await client.query('DELETE FROM gits.message_claims WHERE consumer = $1', [this.consumer]).catch(() => undefined);
    await client.end().catch(() => undefined);
  }

  private require(): pg.Client {
    if (this.client === undefined) throw new Error('Connection terminated: the queue is reconnecting');
    return this.client;
  }

  private onLost(client: pg.Client): void {
    if (this.client === client) this.client = undefined;
    if (this.stopped) return;
    this.logger.warn('lost the connection to the queue; connecting again');
    this.reconnect(0);
  }

  private reconnect(round: number): void {
    setTimeout(
      () => {
        if (this.stopped) return;
        this.connect().catch(() => this.reconnect(round + 1));
      },
      RECONNECT_MS[Math.min(round, RECONNECT_MS.length - 1)],
    );
  }
}

/** Sequences as runs, since a batch is mostly one: `{[5,9),[12,13)}`. */
function toMultirange(sequences: readonly number[]): string {
  const sorted = [...sequences].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === (sorted[start] ?? 0) + (end - start)) end += 1;
    runs.push(`[${sorted[start]},${(sorted[end - 1] ?? 0) + 1})`);
    start = end;
  }
  return `{${runs.join(',')}}`;
}
