import { Injectable } from '@nestjs/common';
import { float8Array, textArray, uuidArray } from '../platform/postgres/binary-arrays.js';
import { InsertNew } from '../platform/postgres/insert-new.js';
import { Postgres, type Queryable } from '../platform/postgres/postgres.js';
import {
  type JobCursor,
  type JobFilter,
  type JobOutcome,
  type JobOutcomes,
  JobStore,
  type LatencySummary,
  type MinuteCount,
} from './job-store.js';
import { JOB_STATUSES, type Job, type JobStatus } from './job.js';

const COLUMNS = `id, service, routing_key AS "routingKey", last_status AS status, payload::text AS payload,
  result::text AS result, message, worker, model, model_version AS "modelVersion", attempts,
  extract(epoch FROM queued_at)::float8 * 1000 AS "queuedAt", extract(epoch FROM started_at)::float8 * 1000 AS "startedAt",
  extract(epoch FROM ended_at)::float8 * 1000 AS "endedAt"`;

const NONE: ReadonlySet<string> = new Set();

/** How many of the newest finished jobs the latency figures look at. */
const LATENCY_SAMPLE = 1000;

/** Job records in PostgreSQL. */
@Injectable()
export class PostgresJobStore extends JobStore {
  private readonly inserts = new InsertNew();

  constructor(private readonly postgres: Postgres) {
    super();
  }

  async create(jobs: readonly Job[], transaction?: Queryable): Promise<void> {
    const text = (read: (job: Job) => string | null) => textArray(jobs.map(read));
    await (transaction ?? this.postgres).query({
      name: 'gits-jobs-create',
      text: `INSERT INTO gits.jobs (id, service, routing_key, last_status, payload, result, message, queued_at)
             SELECT id, service, routing_key, status, payload::json, result::json, message, to_timestamp(queued)
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[])
               AS j (id, service, routing_key, status, payload, result, message, queued)
             ON CONFLICT (id) DO NOTHING`,
      values: [
        uuidArray(jobs.map((job) => job.id)),
        text((job) => job.service),
        text((job) => job.routingKey),
        text((job) => job.status),
        text((job) => job.payload),
        text((job) => job.result),
        text((job) => job.message),
        seconds(jobs),
      ],
    });
  }

  async record(outcomes: JobOutcomes, transaction?: Queryable): Promise<ReadonlySet<string>> {
    const { jobs } = outcomes;
    if (jobs.length === 0) return NONE;
    if (transaction === undefined) return this.postgres.transaction((connection) => this.record(outcomes, connection));
    const values = recordValues(outcomes);
    const plain = { name: 'gits-jobs-record', text: RECORD, values };
    const careful = { name: 'gits-jobs-record-careful', text: `${RECORD} ${END_QUEUED}`, values };
    const recorded = await this.inserts.run(transaction, plain, careful);
    if (recorded.rowCount === jobs.length) return NONE;
    // The rows of this batch are those of this worker that were started at its moment; any other was there before.
    const known = await transaction.query<{ id: string }>(
      'SELECT id FROM gits.jobs WHERE id = ANY ($1::uuid[]) AND (worker, started_at) IS DISTINCT FROM ($2, to_timestamp($3))',
      [values[0], outcomes.worker, outcomes.startedAt / 1000],
    );
    return new Set(known.rows.map(({ id }) => id));
  }

  async find(id: string): Promise<Job | null> {
    return (
      (await this.postgres.rows<Job & { id: string }>(`SELECT ${COLUMNS} FROM gits.jobs WHERE id = $1`, [id]))[0] ??
      null
    );
  }

  async list(filter: JobFilter, limit: number, after?: JobCursor): Promise<Job[]> {
    const values: unknown[] = [];
    const parameter = (value: unknown) => `$${values.push(value)}`;
    const conditions: string[] = [];
    if (filter.service !== undefined) conditions.push(`service = ${parameter(filter.service)}`);
    if (filter.status !== undefined) conditions.push(`last_status = ${parameter(filter.status)}`);
    // The partial index serves the rare statuses only if the query says that it does not want the common one.
    if (filter.status !== undefined && filter.status !== 'finished') conditions.push(`last_status <> 'finished'`);
    if (filter.from !== undefined) conditions.push(`queued_at >= to_timestamp(${parameter(filter.from / 1000)})`);
    if (filter.to !== undefined) conditions.push(`queued_at < to_timestamp(${parameter(filter.to / 1000)})`);
    if (after !== undefined) {
      conditions.push(
        `(queued_at, id) < (to_timestamp(${parameter(after.queuedAt / 1000)}), ${parameter(after.id)}::uuid)`,
      );
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return this.postgres.rows<Job & { id: string }>(
      `SELECT ${COLUMNS} FROM gits.jobs ${where} ORDER BY queued_at DESC, id DESC LIMIT ${parameter(limit)}`,
      values,
    );
  }

  async transition(
    id: string,
    from: JobStatus,
    to: JobStatus,
    message: string,
    transaction?: Queryable,
  ): Promise<boolean> {
    const final = to === 'queued' ? 'NULL' : 'now()';
    const changed = await (transaction ?? this.postgres).query(
      `UPDATE gits.jobs SET last_status = $3, message = $4, ended_at = ${final} WHERE id = $1 AND last_status = $2`,
      [id, from, to, message],
    );
    return changed.rowCount === 1;
  }

  async delete(id: string, transaction?: Queryable): Promise<boolean> {
    const gone = await (transaction ?? this.postgres).query(
      `DELETE FROM gits.jobs WHERE id = $1 AND last_status <> 'queued'`,
      [id],
    );
    return gone.rowCount === 1;
  }

  async counts(filter: Pick<JobFilter, 'service'>): Promise<Record<JobStatus, number>> {
    const rows = await this.postgres.rows<{ status: JobStatus; jobs: number }>(
      `SELECT status, sum(jobs)::bigint AS jobs FROM gits.job_counts
       WHERE $1::text IS NULL OR service = $1 GROUP BY status`,
      [filter.service ?? null],
    );
    const counts = Object.fromEntries(JOB_STATUSES.map((status) => [status, 0])) as Record<JobStatus, number>;
    for (const row of rows) counts[row.status] = row.jobs;
    return counts;
  }

  async countsPerMinute(since: number, filter: Pick<JobFilter, 'service'>): Promise<MinuteCount[]> {
    return this.postgres.rows<MinuteCount & { status: JobStatus }>(
      `SELECT extract(epoch FROM minute)::float8 * 1000 AS minute, status, sum(jobs)::bigint AS jobs FROM gits.job_counts
       WHERE minute >= date_trunc('minute', to_timestamp($1)) AND ($2::text IS NULL OR service = $2)
       GROUP BY 1, 2 HAVING sum(jobs) <> 0 ORDER BY 1, 2`,
      [since / 1000, filter.service ?? null],
    );
  }

  async latency(): Promise<LatencySummary> {
    const milliseconds = (from: string, percentile: number) =>
      `(percentile_cont(${percentile}) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - ${from})) * 1000)::float8`;
    const rows = await this.postgres.rows<LatencySummary & { jobs: number }>(
      `SELECT count(*) AS jobs, ${milliseconds('queued_at', 0.5)} AS p50, ${milliseconds('queued_at', 0.95)} AS p95,
         ${milliseconds('queued_at', 0.99)} AS p99, ${milliseconds('started_at', 0.5)} AS "p50Work"
       FROM (SELECT queued_at, started_at, ended_at FROM gits.jobs WHERE last_status = 'finished'
             ORDER BY queued_at DESC, id DESC LIMIT ${LATENCY_SAMPLE}) AS newest`,
    );
    return rows[0] ?? { jobs: 0, p50: null, p95: null, p99: null, p50Work: null };
  }
}

const RECORD = `
  INSERT INTO gits.jobs AS jobs (id, service, routing_key, last_status, payload, result, message, worker, model,
    model_version, attempts, queued_at, started_at, ended_at)
  SELECT id, $8, $9, status, payload::json, result::json, message, $10, $11, $12, attempts::smallint,
    to_timestamp(queued), to_timestamp($13::float8), to_timestamp($14::float8)
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[])
    AS j (id, status, payload, result, message, attempts, queued)`;

/** The record of a job that waited gets its end; one that has ended stays as it is. */
const END_QUEUED = `
  ON CONFLICT (id) DO UPDATE SET service = excluded.service, last_status = excluded.last_status,
    result = excluded.result, message = excluded.message, worker = excluded.worker, model = excluded.model,
    model_version = excluded.model_version, attempts = excluded.attempts, started_at = excluded.started_at,
    ended_at = excluded.ended_at
  WHERE jobs.last_status = 'queued'`;

function recordValues(outcomes: JobOutcomes): unknown[] {
  const { jobs } = outcomes;
  const text = (read: (job: JobOutcome) => string) => textArray(jobs.map(read));
  return [
    uuidArray(jobs.map((job) => job.id)),
    text((job) => job.status),
    text((job) => job.payload),
    text((job) => job.result),
    text((job) => job.message),
    float8Array(Float64Array.from(jobs, (job) => job.attempts)),
    seconds(jobs),
    outcomes.service,
    outcomes.routingKey,
    outcomes.worker,
    outcomes.model,
    outcomes.modelVersion,
    outcomes.startedAt / 1000,
    outcomes.endedAt / 1000,
  ];
}

function seconds(jobs: readonly Pick<Job, 'queuedAt'>[]): Buffer {
  return float8Array(Float64Array.from(jobs, (job) => job.queuedAt / 1000));
}
