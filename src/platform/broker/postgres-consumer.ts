import { Logger } from '@nestjs/common';
import { textArray, uuidArray } from '../postgres/binary-arrays.js';
import { type PostgresConnection, isConnectionError } from '../postgres/postgres.js';
import { ConsumerControl } from './consumer-control.js';
import type { BatchHandler, ConsumeOptions, Consumer, IncomingMessage, RejectedMessage } from './message-broker.js';
import { PostgresLane } from './postgres-lane.js';

/** How often queues are looked at without a notification: for messages to try again, and as a safety net. */
const LOOK_MS = 1000;
/** Every so many looks the messages of dead consumers are counted. */
const LOOKS_PER_RECKONING = 5;
const BACKOFF_MS = 1000;
/** Waiting time before the next attempt, by attempts so far, in seconds. */
const RETRY_SECONDS = [1, 4, 15, 60, 300];

interface QueueState {
  readonly name: string;
  runners: number;
  /** New messages may have come since the last fetch. */
  wanted: boolean;
  /** Messages to try again may be due. */
  retryDue: boolean;
  removed: boolean;
  /**
   * Fetches begin behind this sequence, so that they need not step over what this consumer holds or has just deleted. What
   * lies before it, such as the messages of a publisher that committed late, is seen at the next look, within a second.
   */
  behind: number;
}

interface FetchedMessage extends IncomingMessage {
  sequence: number;
  /** Where the row lies; stays true while the row is locked. */
  place: string;
}

/**
 * Consumes queues batch by batch, without timers on the way: an idle consumer starts with the first message, a busy one
 * finds the next batch grown. A second and third batch are under way while the first one is scored or written.
 */
export class PostgresConsumer implements Consumer {
  private readonly logger = new Logger(PostgresConsumer.name);
  private readonly control: ConsumerControl;
  private readonly freeLanes: PostgresLane[];
  private readonly waiting: ((lane: PostgresLane) => void)[] = [];
  private readonly queues = new Map<string, QueueState>();
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;
  private stopped = false;

  constructor(
    url: string,
    private readonly options: ConsumeOptions,
    private readonly handler: BatchHandler,
  ) {
    this.freeLanes = Array.from({ length: options.batchesInFlight }, (_, number) => new PostgresLane(number, url));
    this.control = new ConsumerControl(
      url,
      (queue) => this.wake(this.queues.get(queue)),
      () => this.lookEverywhere(),
    );
  }

  async start(): Promise<void> {
    await this.control.connect();
    await this.control.countAttemptsOfTheDead();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  setQueues(names: readonly string[]): void {
    for (const [name, queue] of this.queues) {
      if (names.includes(name)) continue;
      queue.removed = true;
      this.queues.delete(name);
    }
    for (const name of names) {
      if (this.queues.has(name)) continue;
      const queue: QueueState = { name, runners: 0, wanted: false, retryDue: true, removed: false, behind: 0 };
      this.queues.set(name, queue);
      this.wake(queue);
    }
  }

  problem(): string | null {
    return this.control.connected ? null : 'not connected to the queue';
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await Promise.all(this.running);
    await Promise.all(this.freeLanes.map((lane) => lane.close()));
    await this.control.stop();
  }

  private look(): void {
    this.looks += 1;
    this.lookEverywhere();
    if (this.looks % LOOKS_PER_RECKONING === 0 && this.control.connected) {
      this.control
        .countAttemptsOfTheDead()
        .then((queues) => queues.forEach((queue) => this.wake(this.queues.get(queue))))
        .catch((error: unknown) => this.logger.debug(`could not count attempts: ${String(error)}`));
    }
  }

  private lookEverywhere(): void {
    for (const queue of this.queues.values()) {
      queue.retryDue = true;
      queue.behind = 0;
      this.wake(queue);
    }
  }

  /** Starts one more runner for the queue, if it may have one. */
  private wake(queue: QueueState | undefined): void {
    if (queue === undefined || this.stopped || queue.removed) return;
    queue.wanted = true;
    if (queue.runners >= this.options.batchesInFlight || !this.control.connected) return;
    queue.runners += 1;
    const run = this.run(queue).finally(() => {
      queue.runners -= 1;
      this.running.delete(run);
    });
    this.running.add(run);
  }

  /** Takes batch after batch until the queue is empty. */
  private async run(queue: QueueState): Promise<void> {
    while (!this.stopped && !queue.removed) {
      const lane = await this.takeLane();
      let count: number;
      try {
        count = await this.deliver(queue, lane);
      } catch (error) {
        this.logger.warn(`queue ${queue.name}: ${(error as Error).message}`);
        await lane.rollback();
        await this.pause();
        return;
      } finally {
        this.giveLane(lane);
      }
      if (count === 0 && !queue.wanted && !queue.retryDue) return;
    }
  }

  /** Locks, handles and settles one batch; returns how many messages it had. */
  private async deliver(queue: QueueState, lane: PostgresLane): Promise<number> {
    if (this.stopped) return 0;
    const connection = await lane.connection();
    if (queue.removed) return 0;
    const retry = queue.retryDue;
    queue.wanted = false;
    queue.retryDue = false;
    const begun = connection.query('BEGIN');
    begun.catch(() => undefined);
    let messages = retry ? await this.fetchRetries(connection, queue.name) : [];
    if (messages.length === 0) messages = await this.fetchFresh(connection, queue);
    await begun;
    if (messages.length === 0 || queue.removed) {
      await connection.query('ROLLBACK');
      return 0;
    }
    if (messages.length >= this.options.batchSize) this.wake(queue);
    // A failure goes back to here: the locks stay until the attempt is counted, so nobody takes the messages in between.
    const taken = connection.query('SAVEPOINT taken');
    taken.catch(() => undefined);
    await this.control.claim(
      lane.number,
      queue.name,
      messages.map((message) => message.sequence),
    );
    await taken;
    let settled = false;
    try {
      await this.handler({
        queue: queue.name,
        messages,
        settle: async (rejected, write) => {
          if (settled) throw new Error('a batch is settled once');
          settled = true;
          await write(connection);
          await this.remove(connection, messages, rejected, queue.name);
        },
      });
      if (!settled) throw new Error('the handler did not settle its batch');
    } catch (error) {
      if (isConnectionError(error)) throw error;
      await connection.query('ROLLBACK TO SAVEPOINT taken');
      await this.giveBack(connection, messages, (error as Error).message);
      await connection.query('COMMIT');
      this.logger.error(
        `queue ${queue.name}: ${messages.length} messages are tried again: ${(error as Error).message}`,
      );
    }
    return messages.length;
  }

  private async fetchFresh(connection: PostgresConnection, queue: QueueState): Promise<FetchedMessage[]> {
    const { behind } = queue;
    const fetched = await connection.query<FetchedMessage & { id: string }>({
      name: 'gits-fetch',
      text: `SELECT ctid::text AS place, sequence, id, body, attempts, (extract(epoch FROM published_at) * 1000)::bigint AS "publishedAt", last_error AS "lastError"
             FROM gits.messages WHERE queue = $1 AND attempts = 0 AND sequence > $3
             ORDER BY sequence LIMIT $2 FOR UPDATE SKIP LOCKED`,
      values: [queue.name, this.options.batchSize, behind],
    });
    const { rows } = fetched;
    const isFull = rows.length === this.options.batchSize;
    queue.behind = isFull ? Math.max(queue.behind, rows.at(-1)!.sequence) : 0;
    return rows.length === 0 && behind > 0 ? this.fetchFresh(connection, queue) : rows;
  }

  /** Messages that failed before, in batches that shrink with each attempt: so a poisonous one ends up alone. */
  private async fetchRetries(connection: PostgresConnection, queue: string): Promise<FetchedMessage[]> {
    const fetched = await connection.query<FetchedMessage & { id: string }>({
      name: 'gits-fetch-retries',
      text: `WITH first AS (
               SELECT attempts FROM gits.messages WHERE queue = $1 AND attempts > 0 AND available_at <= now()
               ORDER BY available_at LIMIT 1 FOR UPDATE SKIP LOCKED)
             SELECT m.ctid::text AS place, m.sequence, m.id, m.body, m.attempts, (extract(epoch FROM m.published_at) * 1000)::bigint AS "publishedAt", m.last_error AS "lastError"
             FROM gits.messages m
             WHERE m.queue = $1 AND m.attempts = (SELECT attempts FROM first) AND m.attempts > 0 AND m.available_at <= now()
             ORDER BY m.available_at
             LIMIT (SELECT greatest(1, $2 / power(8, least(attempts, 8)))::integer FROM first)
             FOR UPDATE OF m SKIP LOCKED`,
      values: [queue, this.options.batchSize],
    });
    return fetched.rows;
  }

  private async remove(
    connection: PostgresConnection,
    messages: readonly FetchedMessage[],
    rejected: readonly RejectedMessage[],
    queue: string,
  ): Promise<void> {
    const statements: Promise<unknown>[] = [];
    if (rejected.length > 0) {
      const byId = new Map(messages.map((message) => [message.id, message]));
      const letters = rejected.map(({ id }) => byId.get(id)).filter((message) => message !== undefined);
      statements.push(
        connection.query({
          name: 'gits-dead-letters',
          text: `INSERT INTO gits.dead_letters (id, queue, body, reason, attempts, published_at)
                 SELECT d.id, $1, m.body, d.reason, m.attempts, m.published_at
                 FROM unnest($2::uuid[], $3::text[]) AS d (id, reason) JOIN gits.messages m ON m.id = d.id
                 ON CONFLICT (id) DO NOTHING`,
          values: [
            queue,
            uuidArray(letters.map((message) => message.id)),
            textArray(rejected.filter(({ id }) => byId.has(id)).map(({ reason }) => reason)),
          ],
        }),
      );
    }
    statements.push(
      connection.query({
        name: 'gits-acknowledge',
        text: 'DELETE FROM gits.messages WHERE ctid = ANY ($1::tid[])',
        values: [`{${messages.map((message) => `"${message.place}"`).join(',')}}`],
      }),
      // An error before this turns the COMMIT into a rollback; the error itself is what Promise.all reports.
      connection.query('COMMIT'),
    );
    const outcomes = await Promise.allSettled(statements);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  private async giveBack(connection: PostgresConnection, messages: readonly FetchedMessage[], reason: string) {
    await connection.query(
      `UPDATE gits.messages SET attempts = attempts + 1, last_error = $2,
         available_at = now() + make_interval(secs => ($3::integer[])[least(attempts + 1, ${RETRY_SECONDS.length})])
       WHERE id = ANY ($1::uuid[])`,
      [uuidArray(messages.map((message) => message.id)), reason, RETRY_SECONDS],
    );
  }

  private takeLane(): Promise<PostgresLane> {
    const lane = this.freeLanes.pop();
    if (lane !== undefined) return Promise.resolve(lane);
    return new Promise((take) => this.waiting.push(take));
  }

  private giveLane(lane: PostgresLane): void {
    const next = this.waiting.shift();
    if (next === undefined) this.freeLanes.push(lane);
    else next(lane);
  }

  private pause(): Promise<void> {
    return new Promise((done) => setTimeout(done, BACKOFF_MS).unref());
  }
}
