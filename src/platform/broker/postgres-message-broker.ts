import type { Postgres, Queryable } from '../postgres/postgres.js';
import { textArray, uuidArray } from '../postgres/binary-arrays.js';
import { MESSAGES_CHANNEL } from './consumer-control.js';
import {
  type BatchHandler,
  type ConsumeOptions,
  type Consumer,
  DEPTH_LIMIT,
  type DeadLetter,
  MessageBroker,
  type OutgoingMessage,
  type QueueDepth,
  UnroutableError,
} from './message-broker.js';
import { PostgresConsumer } from './postgres-consumer.js';

const PUBLISH_CHUNK = 5000;

/** Queues in a table: consumers lock rows with SKIP LOCKED, so that a dead one's messages are free at once. */
export class PostgresMessageBroker extends MessageBroker {
  private readonly declared = new Set<string>();

  constructor(private readonly postgres: Postgres) {
    super();
  }

  async declare(queue: string): Promise<void> {
    await this.postgres.query('INSERT INTO gits.queues (name) VALUES ($1) ON CONFLICT DO NOTHING', [queue]);
    this.declared.add(queue);
  }

  async publish(queue: string, messages: readonly OutgoingMessage[], transaction?: Queryable): Promise<void> {
    if (!this.declared.has(queue)) {
      const found = await this.postgres.query('SELECT 1 FROM gits.queues WHERE name = $1', [queue]);
      if (found.rowCount === 0) throw new UnroutableError(`There is no queue "${queue}"; a service makes its queue.`);
      this.declared.add(queue);
    }
    for (let start = 0; start < messages.length; start += PUBLISH_CHUNK) {
      const chunk = messages.slice(start, start + PUBLISH_CHUNK);
      await (transaction ?? this.postgres).query({
        name: 'gits-publish',
        text: `WITH published AS (
                 INSERT INTO gits.messages (id, queue, body)
                 SELECT id, $3, body FROM unnest($1::uuid[], $2::text[]) AS m (id, body)
                 ON CONFLICT (id) DO NOTHING)
               SELECT pg_notify('${MESSAGES_CHANNEL}', $3)`,
        values: [uuidArray(chunk.map((message) => message.id)), textArray(chunk.map((message) => message.body)), queue],
      });
    }
  }

  async consume(queues: readonly string[], options: ConsumeOptions, handler: BatchHandler): Promise<Consumer> {
    for (const queue of queues) await this.declare(queue);
    const consumer = new PostgresConsumer(this.postgres.url, options, handler);
    await consumer.start();
    consumer.setQueues(queues);
    return consumer;
  }

  async withdraw(queue: string, id: string, transaction?: Queryable): Promise<boolean> {
    const gone = await (transaction ?? this.postgres).query(
      `DELETE FROM gits.messages WHERE sequence = (
         SELECT sequence FROM gits.messages WHERE id = $1 AND queue = $2 FOR UPDATE SKIP LOCKED) AND id = $1`,
      [id, queue],
    );
    return gone.rowCount === 1;
  }

  async depths(): Promise<QueueDepth[]> {
    return this.postgres.rows<QueueDepth & { queue: string }>(
      `SELECT name AS queue,
         (SELECT CASE WHEN count(*) < ${DEPTH_LIMIT} THEN count(*) ELSE greatest(count(*), (
              SELECT max(sequence) - min(sequence) + 1 FROM gits.messages m WHERE m.queue = q.name)) END
            FROM (SELECT 1 FROM gits.messages m WHERE m.queue = q.name LIMIT ${DEPTH_LIMIT}) w) AS messages,
         (SELECT count(*) FROM (SELECT 1 FROM gits.dead_letters d WHERE d.queue = q.name LIMIT ${DEPTH_LIMIT}) w)
           AS "deadLetters"
       FROM gits.queues q ORDER BY name`,
    );
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    return this.postgres.rows<DeadLetter & { id: string }>(
      `SELECT id, queue, body, reason, attempts, dead_at AS "deadAt"
       FROM gits.dead_letters ORDER BY dead_at DESC LIMIT $1`,
      [limit],
    );
  }

  async replay(id: string, transaction?: Queryable): Promise<boolean> {
    const moved = await (transaction ?? this.postgres).query(
      `WITH letter AS (DELETE FROM gits.dead_letters WHERE id = $1 RETURNING id, queue, body, published_at),
            message AS (INSERT INTO gits.messages (id, queue, body, published_at)
                        SELECT id, queue, body, published_at FROM letter RETURNING queue)
       SELECT pg_notify('${MESSAGES_CHANNEL}', queue) FROM message`,
      [id],
    );
    return moved.rowCount === 1;
  }

  async discard(id: string, transaction?: Queryable): Promise<boolean> {
    const gone = await (transaction ?? this.postgres).query('DELETE FROM gits.dead_letters WHERE id = $1', [id]);
    return gone.rowCount === 1;
  }
}
