import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { PayloadProblem } from '../datasets/payload-problem.js';
import { type JobOutcome, type JobOutcomes, JobStore } from '../jobs/job-store.js';
import { ProductionWriter, type ScoredRows } from '../ml-data/production-writer.js';
import type { IncomingMessage, MessageBatch, RejectedMessage } from '../platform/broker/message-broker.js';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import type { ActiveBinding } from './active-binding.js';
import { labelOf } from './result-writer.js';
import { RowFailure, type RowOutcome, RowScorer } from './row-scorer.js';
import { ServiceBindings } from './service-bindings.js';
import { storableJson } from './storable-json.js';
import { WorkerMetrics } from './worker-metrics.js';

const FINISHED = 'Results calculated successfully.';

/** A message that was read and is to be scored: its row in the matrix is its place in the list. */
interface ReadMessage {
  message: IncomingMessage;
  eventTime: number;
}

/**
 * One batch from messages to records: read, score, write, acknowledge. A bad message becomes a failed job and a dead
 * letter; its neighbours go on. Everything a batch writes is safe to repeat, so a crash between any two steps ends, after
 * redelivery, in the same state.
 */
@Injectable()
export class BatchProcessor {
  private readonly scorer: RowScorer;

  constructor(
    private readonly bindings: ServiceBindings,
    private readonly jobs: JobStore,
    private readonly production: ProductionWriter,
    private readonly postgres: Postgres,
    private readonly metrics: WorkerMetrics,
    private readonly environment: Environment,
    private readonly processes: ProcessRegistry,
  ) {
    this.scorer = new RowScorer(bindings.engine);
  }

  async process(batch: MessageBatch): Promise<void> {
    const binding = this.bindings.ofQueue(batch.queue);
    if (binding === undefined) throw new Error(`no service reads queue ${batch.queue} in this worker any more`);
    await binding.use(() => this.processWith(binding, batch));
  }

  private async processWith(binding: ActiveBinding, batch: MessageBatch): Promise<void> {
    const startedAt = now();
    const width = binding.dataset.features.length;
    const features = new Float64Array(batch.messages.length * width);
    const read: ReadMessage[] = [];
    const failed: { message: IncomingMessage; reason: string }[] = [];
    for (const message of batch.messages) {
      const facts = this.read(binding, message, features, read.length * width);
      if (typeof facts === 'string') failed.push({ message, reason: facts });
      else read.push({ message, eventTime: facts.eventTime ?? message.publishedAt });
    }
    const outcomes = await this.scorer.score(
      binding.sha256,
      features.subarray(0, read.length * width),
      read.length,
      width,
    );
    const scoredAt = now();
    const jobs = failed.map(({ message, reason }) => failedJob(message, reason));
    const finished: number[] = [];
    outcomes.forEach((outcome, row) => {
      const { message, eventTime } = read[row]!;
      if (outcome instanceof RowFailure) {
        failed.push({ message, reason: outcome.reason });
        jobs.push(failedJob(message, outcome.reason));
        return;
      }
      finished.push(row);
      const result = binding.results.write(features, row, outcome, eventTime);
      jobs.push(outcomeOf(message, 'finished', message.body, result, FINISHED));
    });
    const record: JobOutcomes = {
      service: binding.service,
      routingKey: binding.queue,
      worker: this.processes.id,
      model: binding.model,
      modelVersion: binding.version,
      startedAt,
      endedAt: scoredAt,
      jobs,
    };
    const rejected: RejectedMessage[] = failed.map(({ message, reason }) => ({ id: message.id, reason }));
    await batch.settle(rejected, async (transaction) => {
      const write = (connection: Queryable) =>
        this.write(binding, record, read, outcomes, features, finished, connection);
      if (transaction === null) await this.postgres.transaction(write);
      else await write(transaction);
    });
    this.count(binding, batch, finished.length, failed.length, startedAt, scoredAt);
  }

  /** Reads a message into its row; a text says why it cannot be scored. */
  private read(binding: ActiveBinding, message: IncomingMessage, into: Float64Array, offset: number) {
    if (message.attempts >= this.environment.maxAttempts) {
      return `Given up after ${message.attempts} attempts; the last one ended with: ${message.lastError ?? 'no word'}`;
    }
    if (message.body.length > this.environment.maxMessageBytes) {
      return `The message must have at most ${this.environment.maxMessageBytes} bytes, but has ${message.body.length}.`;
    }
    let payload: unknown;
    try {
      payload = JSON.parse(message.body);
    } catch (error) {
      return `The message must be JSON, but is not: ${(error as Error).message}`;
    }
    const facts = binding.reader.read(payload, into, offset);
    return facts instanceof PayloadProblem ? facts.message : facts;
  }

  /** Job records first: they say which messages are new. Only those get production rows. */
  private async write(
    binding: ActiveBinding,
    record: JobOutcomes,
    read: readonly ReadMessage[],
    outcomes: readonly RowOutcome[],
    features: Float64Array,
    finished: readonly number[],
    connection: Queryable,
  ): Promise<void> {
    const known = await this.jobs.record(record, connection);
    const rows = known.size === 0 ? finished : finished.filter((row) => !known.has(read[row]!.message.id));
    if (rows.length > 0)
      await this.production.insert(binding.dataset, scoredRows(binding, read, outcomes, features, rows), connection);
  }

  private count(
    binding: ActiveBinding,
    batch: MessageBatch,
    finished: number,
    failed: number,
    startedAt: number,
    scoredAt: number,
  ) {
    const { service } = binding;
    this.metrics.totals.finished += finished;
    this.metrics.totals.failed += failed;
    this.metrics.jobs.inc({ service, status: 'finished' }, finished);
    this.metrics.jobs.inc({ service, status: 'failed' }, failed);
    this.metrics.batchSize.observe({ service }, batch.messages.length);
    const oldest = batch.messages[0]?.publishedAt ?? startedAt;
    this.metrics.queueWait.observe({ service }, Math.max(0, startedAt - oldest) / 1000);
    this.metrics.inference.observe({ service }, (scoredAt - startedAt) / 1000);
    this.metrics.write.observe({ service }, (now() - scoredAt) / 1000);
  }
}

function failedJob(message: IncomingMessage, reason: string): JobOutcome {
  return outcomeOf(message, 'failed', storableJson(message.body), '[]', reason);
}

function outcomeOf(
  { id, attempts, publishedAt }: IncomingMessage,
  status: JobOutcome['status'],
  payload: string,
  result: string,
  message: string,
): JobOutcome {
  return { id, status, payload, result, message, attempts, queuedAt: publishedAt };
}

/** Picks the rows that are stored; the arrays are passed on as they are when that is all of them. */
function scoredRows(
  binding: ActiveBinding,
  read: readonly ReadMessage[],
  outcomes: readonly RowOutcome[],
  features: Float64Array,
  rows: readonly number[],
): ScoredRows {
  const { dataset } = binding;
  const width = dataset.features.length;
  let picked = features.subarray(0, rows.length * width);
  if (rows.length !== read.length) {
    picked = new Float64Array(rows.length * width);
    rows.forEach((row, index) => picked.set(features.subarray(row * width, (row + 1) * width), index * width));
  }
  const values = rows.map((row) => outcomes[row] as number | string);
  return {
    jobIds: rows.map((row) => read[row]!.message.id),
    eventTimes: Float64Array.from(rows, (row) => read[row]!.eventTime),
    features: picked,
    predictions:
      dataset.task === 'regression'
        ? Float64Array.from(values as number[])
        : values.map((value) => labelOf(dataset.target, value)),
    model: binding.model,
    modelVersion: binding.version,
  };
}

/** Epoch milliseconds with microseconds behind the point, never going back. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
