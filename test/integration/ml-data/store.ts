import 'reflect-metadata';
import { DataSource } from 'typeorm';
import type { Environment } from '../../../src/config/environment.js';
import { DatasetEntity } from '../../../src/datasets/dataset.entity.js';
import type { Dataset } from '../../../src/datasets/dataset.js';
import { tableOf } from '../../../src/datasets/dataset-table.js';
import { DatasetsService } from '../../../src/datasets/datasets.service.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { startTestDatabase } from '../../support/database.js';

/** A fresh database with the services that need nothing but it. */
export async function startStore() {
  const database = await startTestDatabase();
  const environment = { maxColumns: 500, maxImportBytes: 2 ** 30 } as Environment;
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [DatasetEntity],
  }).initialize();
  const postgres = new Postgres(database.url, 'test', 6);
  const datasets = new DatasetsService(dataSource.getRepository(DatasetEntity), environment);
  return {
    url: database.url,
    environment,
    dataSource,
    postgres,
    datasets,
    stop: async () => {
      await postgres.onApplicationShutdown();
      await dataSource.destroy();
      await database.stop();
    },
  };
}

export type Store = Awaited<ReturnType<typeof startStore>>;

/** A dataset with a column of each type, names of mixed case and values that bad SQL or HTML would trip over. */
export const MIXED_DATASET: Dataset = {
  name: 'mixed',
  description: 'One column of each type',
  task: 'regression',
  features: [
    { name: 'H_data', type: 'number', minimum: 0, maximum: 300, nullable: false },
    {
      name: 'Mode',
      type: 'category',
      categories: ['idle', `'); DROP TABLE gits.datasets; --`, '=cmd()', 'ß"<b>,\\'],
      nullable: true,
    },
    { name: 'select', type: 'boolean', nullable: true },
  ],
  target: { name: 'Quality', type: 'number', minimum: 0, maximum: 1000, nullable: false },
  payloadKey: 'mixed',
  timeColumns: [],
};

/** What is counted, and what is there: they must be the same after whatever was done. */
export async function expectTrueCounts(store: Store, dataset: Dataset): Promise<void> {
  const counted = await store.postgres.rows<{ split: string; rows: number }>(
    'SELECT split, sum(row_count)::bigint AS rows FROM gits.row_counts WHERE dataset = $1 GROUP BY split',
    [dataset.name],
  );
  const count = async (from: string) =>
    (await store.postgres.rows<{ rows: number }>(`SELECT count(*) AS rows FROM ${from}`))[0]!.rows;
  const actual = {
    training: await count(tableOf(dataset.name, 'training')),
    testing: await count(tableOf(dataset.name, 'testing')),
    production: await count(tableOf(dataset.name, 'production')),
    labelled: await count(`${tableOf(dataset.name, 'production')} WHERE "${dataset.target.name}" IS NOT NULL`),
  };
  const none = { training: 0, testing: 0, production: 0, labelled: 0 };
  expect({ ...none, ...Object.fromEntries(counted.map(({ split, rows }) => [split, rows])) }).toEqual(actual);
}
