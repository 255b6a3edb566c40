import type { Queryable } from '../platform/postgres/postgres.js';
import type { Job, JobStatus } from './job.js';

/** The jobs of one batch that a worker is done with. What is the same for all of them stands once. */
export interface JobOutcomes {
  service: string;
  routingKey: string;
  worker: string;
  model: string;
  modelVersion: number;
  /** Epoch milliseconds, as below. */
  startedAt: number;
  endedAt: number;
  jobs: readonly JobOutcome[];
}

export type JobOutcome = Pick<Job, 'id' | 'payload' | 'result' | 'message' | 'attempts' | 'queuedAt'> & {
  status: 'finished' | 'failed';
};

export interface JobFilter {
  status?: JobStatus;
  service?: string;
  /** Queued at or after; epoch milliseconds. */
  from?: number;
  /** Queued before; epoch milliseconds. */
  to?: number;
}

/** A place in the list, newest first: after the job with this time and id. */
export interface JobCursor {
  queuedAt: number;
  id: string;
}

/** Jobs of one minute. */
export interface MinuteCount {
  /** Start of the minute; epoch milliseconds. */
  minute: number;
  status: JobStatus;
  jobs: number;
}

/** How the newest finished jobs went; milliseconds. */
export interface LatencySummary {
  jobs: number;
  /** From published to stored. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** From taken by the worker to scored. */
  p50Work: number | null;
}

/**
 * The job records. Statuses are guarded: a final status is never overwritten but by `transition`, so that a message that
 * is delivered twice leaves one record, the first.
 */
export abstract class JobStore {
  /** Adds queued jobs; ids that exist are left as they are. */
  abstract create(jobs: readonly Job[], transaction?: Queryable): Promise<void>;

  /**
   * Writes the outcomes of a batch: new records, or the end of queued ones. Safe to repeat. Returns the ids it did not
   * write because their jobs had ended before: those of messages that were published or delivered twice.
   */
  abstract record(outcomes: JobOutcomes, transaction?: Queryable): Promise<ReadonlySet<string>>;

  abstract find(id: string): Promise<Job | null>;

  /** Newest first. */
  abstract list(filter: JobFilter, limit: number, after?: JobCursor): Promise<Job[]>;

  /** Sets the status if it is `from` now; false when it is not. */
  abstract transition(
    id: string,
    from: JobStatus,
    to: JobStatus,
    message: string,
    transaction?: Queryable,
  ): Promise<boolean>;

  /** Deletes a job that is not queued; false when there is none. */
  abstract delete(id: string, transaction?: Queryable): Promise<boolean>;

  /** Jobs by status. Fast at millions. */
  abstract counts(filter: Pick<JobFilter, 'service'>): Promise<Record<JobStatus, number>>;

  /** Jobs by minute and status since a time; epoch milliseconds. */
  abstract countsPerMinute(since: number, filter: Pick<JobFilter, 'service'>): Promise<MinuteCount[]>;

  abstract latency(): Promise<LatencySummary>;
}
