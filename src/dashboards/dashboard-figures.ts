import type { Job, JobStatus } from '../jobs/job.js';
import type { LatencySummary, MinuteCount } from '../jobs/job-store.js';
import type { DatasetCounts } from '../ml-data/ml-data.service.js';
import type { QueueDepth } from '../platform/broker/message-broker.js';
import type { ProcessRecord } from '../platform/telemetry/process-registry.js';
import type { ServiceBinding } from '../registry/services.service.js';
import type { DatasetPredictions } from './latest-predictions.js';

/** Jobs per second that ended, well or badly. */
export interface Throughput {
  /** Over the last seconds; null until there are two looks to compare. */
  now: number | null;
  /** Over the last minute; null when the counts cannot be read. */
  lastMinute: number | null;
}

/** The shape of a message that a service takes, as an example to send. */
export interface ExampleMessage {
  service: string;
  payload: Record<string, unknown>;
}

/** All that the main dashboard shows, as of one moment. A null could not be read. */
export interface DashboardFigures {
  /** Epoch milliseconds. */
  at: number;
  counts: Record<JobStatus, number> | null;
  throughput: Throughput;
  /** The last hour. */
  minutes: MinuteCount[] | null;
  latency: LatencySummary | null;
  queues: QueueDepth[] | null;
  services: ServiceBinding[] | null;
  rows: DatasetCounts[] | null;
  /** Newest first. */
  latestJobs: Job[] | null;
  /** Newest first. */
  latestFailures: Job[] | null;
  processes: ProcessRecord[] | null;
  predictions: DatasetPredictions[] | null;
  /** Name of the target by dataset: the key of the prediction in a job's result. */
  targets: ReadonlyMap<string, string>;
  example: ExampleMessage | null;
  /** What could not be read. */
  missing: string[];
}
