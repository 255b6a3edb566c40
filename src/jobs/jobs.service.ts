import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { type DeadLetter, MessageBroker } from '../platform/broker/message-broker.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { ConflictProblem, InvalidProblem, NotFoundProblem } from '../platform/http/problem.js';
import { Postgres } from '../platform/postgres/postgres.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { type ServiceBinding, ServicesService } from '../registry/services.service.js';
import { decodeCursor, encodeCursor } from './job-cursor.js';
import { type JobFilter, JobStore } from './job-store.js';
import type { Job } from './job.js';

/** A message to score, with the service that shall do it. */
export interface Submission {
  service?: string;
  payload: Record<string, unknown>;
}

/** Jobs as people and programs see them: submitted, listed, cancelled, replayed. */
@Injectable()
export class JobsService {
  constructor(
    private readonly store: JobStore,
    private readonly broker: MessageBroker,
    private readonly services: ServicesService,
    private readonly datasets: DatasetsService,
    private readonly postgres: Postgres,
    private readonly idempotency: Idempotency,
  ) {}

  /** Queues the messages and returns their jobs; once per idempotency key. */
  async submit(submissions: readonly Submission[], principal: string, idempotencyKey: string | undefined) {
    const bindings = await this.services.bindings();
    const queuedAt = Date.now();
    const jobs: Job[] = [];
    for (const [index, submission] of submissions.entries()) {
      const binding = await this.bindingFor(submission, index, bindings);
      jobs.push({
        id: uuid(),
        service: binding.service,
        routingKey: binding.queue,
        status: 'queued',
        payload: JSON.stringify(submission.payload),
        result: '[]',
        message: 'Waiting for a worker.',
        worker: null,
        model: null,
        modelVersion: null,
        attempts: 0,
        queuedAt,
        startedAt: null,
        endedAt: null,
      });
    }
    return this.idempotency.once(principal, idempotencyKey, submissions, async (transaction) => {
      await this.store.create(jobs, transaction);
      for (const queue of new Set(jobs.map((job) => job.routingKey))) {
        const messages = jobs
          .filter((job) => job.routingKey === queue)
          .map((job) => ({ id: job.id, body: job.payload }));
        await this.broker.publish(queue, messages, transaction);
      }
      return jobs.map(({ id, service, status }) => ({ id, service, last_status: status }));
    });
  }

  async get(id: string): Promise<Job> {
    const job = await this.store.find(id);
    if (job === null) throw new NotFoundProblem('job-not-found', `There is no job ${id}.`);
    return job;
  }

  /** One page, newest first. */
  async list(
    filter: JobFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<{ jobs: Job[]; nextCursor: string | null }> {
    const jobs = await this.store.list(filter, limit + 1, cursor === undefined ? undefined : decodeCursor(cursor));
    const page = jobs.slice(0, limit);
    const last = page.at(-1);
    return { jobs: page, nextCursor: jobs.length > limit && last !== undefined ? encodeCursor(last) : null };
  }

  /** Takes a queued job back; ConflictProblem when a worker has it already, or it has ended. */
  async cancel(id: string): Promise<Job> {
    const job = await this.get(id);
    await this.postgres.transaction(async (transaction) => {
      const withdrawn = job.status === 'queued' && (await this.broker.withdraw(job.routingKey, id, transaction));
      if (
        !withdrawn ||
        !(await this.store.transition(id, 'queued', 'cancelled', 'Cancelled before it was scored.', transaction))
      ) {
        const state = job.status === 'queued' ? 'is being scored right now' : `is ${job.status}`;
        throw new ConflictProblem('job-not-waiting', `Only a waiting job can be cancelled, but ${id} ${state}.`);
      }
    });
    return this.get(id);
  }

  /** Scores a failed job's message again. */
  async replay(id: string): Promise<Job> {
    const job = await this.get(id);
    await this.postgres.transaction(async (transaction) => {
      const moved = await this.store.transition(id, 'failed', 'queued', 'Waiting to be scored again.', transaction);
      if (!moved)
        throw new ConflictProblem('job-not-failed', `Only a failed job can be replayed, but ${id} is ${job.status}.`);
      if (!(await this.broker.replay(id, transaction))) {
        throw new ConflictProblem('no-dead-letter', `The message of job ${id} was discarded and cannot be replayed.`);
      }
    });
    return this.get(id);
  }

  /** Deletes the record of a job that has ended, and its dead letter. The production row stays. */
  async delete(id: string): Promise<void> {
    const job = await this.get(id);
    await this.postgres.transaction(async (transaction) => {
      if (!(await this.store.delete(id, transaction))) {
        throw new ConflictProblem('job-waiting', `Job ${id} is ${job.status}; cancel it first.`);
      }
      await this.broker.discard(id, transaction);
    });
  }

  deadLetters(limit: number): Promise<DeadLetter[]> {
    return this.broker.deadLetters(limit);
  }

  private async bindingFor(
    submission: Submission,
    index: number,
    bindings: readonly ServiceBinding[],
  ): Promise<ServiceBinding> {
    if (submission.service !== undefined) {
      const named = bindings.find((binding) => binding.service === submission.service);
      if (named !== undefined) return named;
      const known = bindings.map((binding) => binding.service).join(', ') || 'none';
      throw invalid(index, 'service', `service must be one of ${known}, but is "${submission.service}".`);
    }
    const keys = Object.keys(submission.payload);
    const datasets = new Set(
      (await this.datasets.list())
        .map(({ dataset }) => dataset)
        .filter(({ payloadKey }) => keys.includes(payloadKey))
        .map(({ name }) => name),
    );
    const fitting = bindings.filter((binding) => datasets.has(binding.dataset));
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1) return only;
    const names = fitting.map((binding) => binding.service).join(', ');
    throw invalid(
      index,
      'payload',
      fitting.length === 0
        ? `payload must have the payload key of a dataset that a service scores, but its keys are ${keys.join(', ') || 'none'}.`
        : `service must be named, because ${names} read this payload.`,
    );
  }
}

function invalid(index: number, field: string, message: string): InvalidProblem {
  return new InvalidProblem('invalid-job', message, [{ pointer: `/${index}/${field}`, message }]);
}
