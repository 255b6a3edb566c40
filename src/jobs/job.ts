/** Where a job stands. `queued` until a worker took it; the other three are final, but for a replay of a failed one. */
export const JOB_STATUSES = ['queued', 'finished', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** One scored message. */
export interface Job {
  /** UUID; the message's id. */
  id: string;
  service: string;
  /** The queue the message came through. */
  routingKey: string;
  status: JobStatus;
  /** The message as it came, as JSON text: stored and given back as it is. */
  payload: string;
  /** What the model said, as JSON text of a list with one object, or an empty list. */
  result: string;
  /** How it went, in words. */
  message: string;
  worker: string | null;
  model: string | null;
  modelVersion: number | null;
  /** Deliveries before the one that ended the job. */
  attempts: number;
  /** Epoch milliseconds, as the three below. */
  queuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
}

/** A job as the API shows it: the reference system's document. */
export interface JobDocument {
  id: string;
  payload: unknown;
  last_status: JobStatus;
  result: unknown[];
  message: string;
  metadata: {
    queued_date: string;
    start_date: string | null;
    end_date: string | null;
    time_elapsed_sec: string | null;
    routing_key: string;
    service: string;
    worker: string | null;
    model: string | null;
    model_version: number | null;
    attempts: number;
  };
}

/** The document of a job: dates in ISO 8601 UTC, the elapsed seconds with six decimals as text. */
export function toDocument(job: Job): JobDocument {
  const { startedAt, endedAt } = job;
  const elapsed = startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt) / 1000;
  return {
    id: job.id,
    payload: JSON.parse(job.payload) as unknown,
    last_status: job.status,
    result: JSON.parse(job.result) as unknown[],
    message: job.message,
    metadata: {
      queued_date: new Date(job.queuedAt).toISOString(),
      start_date: startedAt === null ? null : new Date(startedAt).toISOString(),
      end_date: endedAt === null ? null : new Date(endedAt).toISOString(),
      time_elapsed_sec: elapsed === null ? null : elapsed.toFixed(6),
      routing_key: job.routingKey,
      service: job.service,
      worker: job.worker,
      model: job.model,
      model_version: job.modelVersion,
      attempts: job.attempts,
    },
  };
}
