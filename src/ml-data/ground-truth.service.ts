import { Injectable, Logger } from '@nestjs/common';
import type { Dataset } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { shownValue } from '../datasets/value-text.js';
import { NotFoundProblem } from '../platform/http/problem.js';
import { uuidArray } from '../platform/postgres/binary-arrays.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import { Postgres, type PostgresConnection } from '../platform/postgres/postgres.js';
import { labelOf, labelReader } from './label-entries.js';
import { type Label, type LabelledRow, foundColumns, setLabels } from './labelling.js';
import { countRows } from './row-counter.js';

export interface CollectResult {
  /** Production rows whose label was set or changed. */
  labelled: number;
  /** Rows added to the training data. */
  appended: number;
  /** Results that wait for their production row. */
  waiting: number;
  /** Results that were given up: their job failed, their dataset is gone, or they are no label of it. */
  dropped: number;
}

interface DueResult {
  job_id: string;
  dataset: string;
  label: string;
}

/** A result whose message is not scored yet is looked at again after this time, so that it does not hold up the others. */
const RETRY_SECONDS = 5;

/** Brings laboratory results home: labels the production rows, and adds the labelled rows to the training data, once. */
@Injectable()
export class GroundTruthService {
  private readonly logger = new Logger(GroundTruthService.name);

  constructor(
    private readonly postgres: Postgres,
    private readonly datasets: DatasetsService,
  ) {}

  /** Takes at most `limit` due results, in one transaction; several collectors take different ones. */
  async collect(limit: number): Promise<CollectResult> {
    const total: CollectResult = { labelled: 0, appended: 0, waiting: 0, dropped: 0 };
    return this.postgres.transaction(async (connection) => {
      const { rows: due } = await connection.query<DueResult>(
        `SELECT job_id, dataset, label FROM gits.laboratory_results WHERE due_at <= now()
         ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      for (const name of new Set(due.map((result) => result.dataset))) {
        const results = due.filter((result) => result.dataset === name);
        const part = await this.collectDataset(connection, name, results);
        for (const key of Object.keys(total) as (keyof CollectResult)[]) total[key] += part[key];
      }
      return total;
    });
  }

  private async collectDataset(
    connection: PostgresConnection,
    name: string,
    results: DueResult[],
  ): Promise<CollectResult> {
    const dataset = await this.find(name);
    const labels = dataset === undefined ? new Map<string, Label>() : this.read(dataset, results);
    if (dataset === undefined || labels.size === 0) {
      await remove(
        connection,
        results.map((result) => result.job_id),
      );
      return { labelled: 0, appended: 0, waiting: 0, dropped: results.length };
    }
    const rows = await lockRows(connection, dataset, labels);
    const changed = rows.filter((row) => row.before !== row.label);
    await setLabels(connection, dataset, changed);
    const found = new Set(rows.map((row) => row.jobId));
    const appended = await appendTraining(connection, dataset, [...found]);
    const refused = results.filter((result) => !labels.has(result.job_id)).map((result) => result.job_id);
    const absent = [...labels.keys()].filter((jobId) => !found.has(jobId));
    const failed = await failedJobs(connection, absent);
    await remove(connection, [...found, ...refused, ...failed]);
    await postpone(connection, absent);
    const waiting = absent.length - failed.length;
    return { labelled: changed.length, appended, waiting, dropped: refused.length + failed.length };
  }

  private async find(name: string): Promise<Dataset | undefined> {
    try {
      return await this.datasets.get(name);
    } catch (error) {
      if (error instanceof NotFoundProblem) return undefined;
      throw error;
    }
  }

  /** The results that are labels of the dataset; others are logged. */
  private read(dataset: Dataset, results: readonly DueResult[]): Map<string, Label> {
    const reader = labelReader(dataset);
    const labels = new Map<string, Label>();
    for (const { job_id: jobId, label } of results) {
      const cell = reader.fromText(label);
      if (typeof cell === 'number' && !Number.isNaN(cell)) {
        labels.set(jobId, labelOf(dataset.target, cell));
      } else {
        this.logger.warn(
          `The laboratory result of job ${jobId} was dropped: ${dataset.target.name} must be ${reader.expectation}, ` +
            `but is ${shownValue(label)}`,
        );
      }
    }
    return labels;
  }
}

/** A row that another transaction is changing is left for the next round, instead of being waited for. */
async function lockRows(
  connection: PostgresConnection,
  dataset: Dataset,
  labels: Map<string, Label>,
): Promise<LabelledRow[]> {
  const { rows } = await connection.query<{ job_id: string; date_time: Date; before: Label | null }>(
    `SELECT ${foundColumns(dataset)} FROM ${tableOf(dataset.name, 'production')} AS p WHERE p.job_id = ANY ($1::uuid[])
     ORDER BY p.job_id FOR UPDATE SKIP LOCKED`,
    [uuidArray([...labels.keys()])],
  );
  return rows.map((row) => ({
    jobId: row.job_id,
    dateTime: row.date_time,
    before: row.before,
    label: labels.get(row.job_id)!,
  }));
}

/** Copies labelled rows to the training data. A row that is there gets the new label. Returns how many were added. */
async function appendTraining(
  connection: PostgresConnection,
  dataset: Dataset,
  jobIds: readonly string[],
): Promise<number> {
  if (jobIds.length === 0) return 0;
  const target = quoteIdentifier(dataset.target.name);
  const columns = [
    'job_id',
    'date_time',
    ...dataset.features.map((column) => quoteIdentifier(column.name)),
    target,
  ].join(', ');
  const training = tableOf(dataset.name, 'training');
  const { rows } = await connection.query<{ added: boolean }>(
    `INSERT INTO ${training} AS t (${columns})
     SELECT ${columns} FROM ${tableOf(dataset.name, 'production')}
     WHERE job_id = ANY ($1::uuid[]) AND ${target} IS NOT NULL ORDER BY job_id
     ON CONFLICT (job_id, date_time) WHERE job_id IS NOT NULL
     DO UPDATE SET ${target} = excluded.${target} WHERE t.${target} IS DISTINCT FROM excluded.${target}
     -- A row that was inserted, not updated, has never been locked or deleted.
     RETURNING xmax = 0 AS added`,
    [uuidArray(jobIds)],
  );
  const added = rows.filter((row) => row.added).length;
  await countRows(connection, dataset.name, 'training', added);
  return added;
}

async function failedJobs(connection: PostgresConnection, jobIds: readonly string[]): Promise<string[]> {
  if (jobIds.length === 0) return [];
  const { rows } = await connection.query<{ id: string }>(
    `SELECT id FROM gits.jobs WHERE id = ANY ($1::uuid[]) AND last_status IN ('failed', 'cancelled')`,
    [uuidArray(jobIds)],
  );
  return rows.map((row) => row.id);
}

async function remove(connection: PostgresConnection, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await connection.query('DELETE FROM gits.laboratory_results WHERE job_id = ANY ($1::uuid[])', [uuidArray(jobIds)]);
}

async function postpone(connection: PostgresConnection, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await connection.query(
    `UPDATE gits.laboratory_results SET due_at = now() + make_interval(secs => $2) WHERE job_id = ANY ($1::uuid[])`,
    [uuidArray(jobIds), RETRY_SECONDS],
  );
}
