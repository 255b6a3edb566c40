import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import type { JobStatus } from '../jobs/job.js';
import { Metrics } from '../platform/telemetry/metrics.js';

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** What a worker measures. Labels are services and statuses, never jobs. */
@Injectable()
export class WorkerMetrics {
  readonly jobs: Counter<'service' | 'status'>;
  readonly batchSize: Histogram<'service'>;
  readonly queueWait: Histogram<'service'>;
  readonly inference: Histogram<'service'>;
  readonly write: Histogram<'service'>;
  /** Jobs since the start, for the list of processes. */
  readonly totals: Record<JobStatus, number> = { queued: 0, finished: 0, failed: 0, cancelled: 0 };

  constructor(metrics: Metrics) {
    const registers = [metrics.registry];
    const labelNames = ['service'] as const;
    this.jobs = new Counter({
      name: 'gits_jobs_total',
      help: 'Jobs that ended, by service and status.',
      labelNames: ['service', 'status'],
      registers,
    });
    this.batchSize = new Histogram({
      name: 'gits_inference_batch_size',
      help: 'Messages scored at once.',
      labelNames,
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
      registers,
    });
    const seconds = (name: string, help: string) =>
      new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
    this.queueWait = seconds('gits_queue_wait_seconds', 'Waiting time of the oldest message of a batch.');
    this.inference = seconds('gits_inference_seconds', 'Time to read and score a batch.');
    this.write = seconds('gits_result_write_seconds', 'Time to write and acknowledge a batch.');
  }
}
