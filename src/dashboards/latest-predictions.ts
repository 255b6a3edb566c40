import { Injectable } from '@nestjs/common';
import type { Dataset } from '../datasets/dataset.js';
import { tableOf } from '../datasets/dataset-table.js';
import { quoteIdentifier } from '../platform/postgres/identifiers.js';
import { Postgres } from '../platform/postgres/postgres.js';

/** How many production rows the chart of a dataset shows. */
export const PREDICTIONS_SHOWN = 200;

/** One production row: what was predicted and, if it is known by now, what was found. */
export interface Prediction<Value> {
  /** Event time; epoch milliseconds. */
  at: number;
  predicted: Value;
  label: Value | null;
}

/** The newest predictions of a dataset, in the order of time. */
export type DatasetPredictions =
  | { dataset: string; target: string; unit: string; task: 'regression'; points: Prediction<number>[] }
  | { dataset: string; target: string; unit: string; task: 'classification'; points: Prediction<string>[] };

/** Reads the newest production rows. */
@Injectable()
export class LatestPredictions {
  constructor(private readonly postgres: Postgres) {}

  async of(dataset: Dataset): Promise<DatasetPredictions> {
    const target = quoteIdentifier(dataset.target.name);
    const facts = { dataset: dataset.name, target: dataset.target.name, unit: dataset.target.unit ?? '' };
    // Labels of classes are compared as text: the prediction is stored so, a boolean target is not.
    const label = dataset.task === 'regression' ? target : `${target}::text`;
    const rows = await this.postgres.rows<{ at: Date; predicted: number | string; label: number | string | null }>(
      `SELECT date_time AS at, prediction AS predicted, ${label} AS label FROM ${tableOf(dataset.name, 'production')}
       WHERE prediction IS NOT NULL ORDER BY date_time DESC, job_id DESC LIMIT ${PREDICTIONS_SHOWN}`,
    );
    const points = rows.map((row) => ({ ...row, at: row.at.getTime() })).reverse();
    return dataset.task === 'regression'
      ? { ...facts, task: 'regression', points: points as Prediction<number>[] }
      : { ...facts, task: 'classification', points: points as Prediction<string>[] };
  }
}
