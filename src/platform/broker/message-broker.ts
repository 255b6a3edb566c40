import type { PostgresConnection, Queryable } from '../postgres/postgres.js';

/** A message as it is published. */
export interface OutgoingMessage {
  /** UUID; also the id of the job. A second message with the same id is dropped while the first one waits. */
  id: string;
  /** The payload as JSON text. */
  body: string;
}

/** A message as it is delivered. */
export interface IncomingMessage {
  id: string;
  body: string;
  /** Earlier deliveries that ended badly: an error of the handler, or a dead consumer. */
  attempts: number;
  /** Epoch milliseconds; the same at each delivery. */
  publishedAt: number;
  /** What the last attempt failed on, where that is known. */
  lastError: string | null;
}

/** A message that nobody could work on. */
export interface DeadLetter {
  id: string;
  queue: string;
  body: string;
  reason: string;
  attempts: number;
  deadAt: Date;
}

export interface RejectedMessage {
  id: string;
  reason: string;
}

/**
 * Messages of one queue, delivered together. The handler settles them once, all together; a handler that throws instead
 * gives them back, to be delivered again later and in smaller batches.
 */
export interface MessageBatch {
  readonly queue: string;
  readonly messages: readonly IncomingMessage[];
  /**
   * Runs `write`, then takes the messages out of the queue: the rejected ones become dead letters, all others are
   * acknowledged. A broker in the database passes its transaction, so that write and acknowledgement happen together
   * or not at all; any other passes null, and `write` must then be safe to repeat.
   */
  settle(
    rejected: readonly RejectedMessage[],
    write: (transaction: PostgresConnection | null) => Promise<void>,
  ): Promise<void>;
}

export type BatchHandler = (batch: MessageBatch) => Promise<void>;

export interface ConsumeOptions {
  /** Most messages of a batch. */
  batchSize: number;
  /** Most batches under way at once, over all queues. */
  batchesInFlight: number;
}

export interface Consumer {
  /** Changes which queues are consumed. What is under way is finished. */
  setQueues(queues: readonly string[]): void;
  /** Null when messages can flow, else what is wrong. */
  problem(): string | null;
  /** Takes no new messages and waits for the batches under way. */
  stop(): Promise<void>;
}

export interface QueueDepth {
  queue: string;
  /** Messages waiting or under way; exact up to `DEPTH_LIMIT`, a close estimate above. */
  messages: number;
  deadLetters: number;
}

/** Depths are counted one by one up to here. */
export const DEPTH_LIMIT = 50_000;

/** The queue of a message does not exist, so that nobody would ever see the message. */
export class UnroutableError extends Error {
  readonly code = 'unroutable';
}

/**
 * Queues with at-least-once delivery: what `publish` has confirmed is delivered until it is settled, also after any
 * process died. One contract test (test/integration/broker) holds every adapter to this.
 */
export abstract class MessageBroker {
  /** Makes the queue if it is missing. */
  abstract declare(queue: string): Promise<void>;

  /**
   * Resolves when the messages are safe. With `transaction`, a broker in the same database publishes inside of it.
   * Throws UnroutableError for a queue that was never declared.
   */
  abstract publish(queue: string, messages: readonly OutgoingMessage[], transaction?: Queryable): Promise<void>;

  abstract consume(queues: readonly string[], options: ConsumeOptions, handler: BatchHandler): Promise<Consumer>;

  /** Takes a waiting message back; false when it is not waiting any more. */
  abstract withdraw(queue: string, id: string, transaction?: Queryable): Promise<boolean>;

  abstract depths(): Promise<QueueDepth[]>;

  /** Newest first. */
  abstract deadLetters(limit: number): Promise<DeadLetter[]>;

  /** Puts a dead letter back into its queue with no attempts; false when there is none of that id. */
  abstract replay(id: string, transaction?: Queryable): Promise<boolean>;

  /** Drops a dead letter; false when there is none of that id. */
  abstract discard(id: string, transaction?: Queryable): Promise<boolean>;
}
