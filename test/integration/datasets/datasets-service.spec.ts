import { tableOf } from '../../../src/datasets/dataset-table.js';
import { DatasetsService } from '../../../src/datasets/datasets.service.js';
import { DatasetEntity } from '../../../src/datasets/dataset.entity.js';
import type { Dataset, DatasetColumn } from '../../../src/datasets/dataset.js';
import { MIXED_DATASET, type Store, startStore } from '../ml-data/store.js';

describe('DatasetsService', () => {
  let store: Store;
  let datasets: DatasetsService;
  beforeAll(async () => {
    store = await startStore();
    datasets = store.datasets;
  });
  afterAll(() => store.stop());

  function named(name: string, change: Partial<Dataset> = {}): Dataset {
    return { ...MIXED_DATASET, name, payloadKey: name, ...change };
  }

  async function columnsOf(dataset: string): Promise<Record<string, string>> {
    const rows = await store.postgres.rows<{ column_name: string; type: string }>(
      `SELECT column_name, data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS type
       FROM information_schema.columns WHERE table_schema = 'data' AND table_name = $1`,
      [`${dataset}_production`],
    );
    return Object.fromEntries(rows.map((row) => [row.column_name, row.type]));
  }

  it('makes a typed table for each split', async () => {
    const { stored, created } = await datasets.register(named('typed'));
    expect(created).toBe(true);
    expect(stored.dataset).toEqual(named('typed'));
    expect(await columnsOf('typed')).toEqual({
      job_id: 'uuid not null',
      date_time: 'timestamp with time zone not null',
      H_data: 'double precision not null',
      Mode: 'text',
      select: 'boolean',
      Quality: 'double precision',
      prediction: 'double precision',
      labeled_at: 'timestamp with time zone',
      model: 'text',
      model_version: 'integer',
    });
  });

  it('keeps the prediction of a classification as text', async () => {
    const target: DatasetColumn = { name: 'grade', type: 'category', categories: ['a', 'b'], nullable: false };
    await datasets.register(named('graded', { task: 'classification', target }));
    expect(await columnsOf('graded')).toMatchObject({ grade: 'text', prediction: 'text' });
  });

  it('changes nothing when the very same dataset comes again, and refuses another one of the name', async () => {
    await datasets.register(named('twice'));
    expect((await datasets.register(named('twice'))).created).toBe(false);
    await expect(datasets.register(named('twice', { description: 'other' }))).rejects.toMatchObject({
      code: 'dataset-exists',
    });
    const { stored, created } = await datasets.ensure(named('twice', { description: 'other' }));
    expect([created, stored.dataset.description]).toEqual([false, MIXED_DATASET.description]);
  });

  it('makes a dataset once when many processes register it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => datasets.register(named('rush'))));
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
  });

  it.each(['x"; DROP TABLE gits.datasets; --', "x'; DROP TABLE gits.datasets; --", 'a\0b', '../x', 'Ünï', ''])(
    'refuses %j as a name and makes nothing',
    async (name) => {
      await expect(datasets.register(named(name))).rejects.toMatchObject({ code: 'invalid-dataset' });
      await expect(datasets.get(name)).rejects.toMatchObject({ code: 'dataset-not-found' });
      const feature: DatasetColumn = { name, type: 'number', nullable: false };
      await expect(datasets.register(named('attacked', { features: [feature] }))).rejects.toMatchObject({
        code: 'invalid-dataset',
      });
      await expect(datasets.get('attacked')).rejects.toMatchObject({ code: 'dataset-not-found' });
    },
  );

  it('takes five hundred columns with the longest names', async () => {
    const features = Array.from({ length: 500 }, (_, index): DatasetColumn => {
      return { name: `${String(index).padStart(3, '0')}`.padStart(55, 'f'), type: 'number', nullable: true };
    });
    await datasets.register(named('a'.repeat(40), { features }));
    expect(Object.keys(await columnsOf('a'.repeat(40)))).toHaveLength(507);
  });

  it('gives the same object as long as nothing changes, also after a change by another process', async () => {
    await datasets.register(named('shared'));
    const before = await datasets.get('shared');
    expect(await datasets.get('shared')).toBe(before);
    const other = new DatasetsService(store.dataSource.getRepository(DatasetEntity), store.environment);
    await other.change('shared', { description: 'changed elsewhere' }, '*');
    const after = await datasets.get('shared');
    expect(after.description).toBe('changed elsewhere');
    expect(await datasets.get('shared')).toBe(after);
  });

  it('widens a dataset and its tables', async () => {
    const { stored } = await datasets.register(named('wider'));
    await store.postgres.query(`INSERT INTO ${tableOf('wider', 'training')} ("H_data", "Quality") VALUES (1, 2)`);
    const after = await datasets.change(
      'wider',
      {
        columns: [{ name: 'H_data', nullable: true, maximum: 400 }],
        addFeatures: [{ name: 'Moisture', type: 'number', nullable: true }],
      },
      stored.etag,
    );
    expect(after.dataset.features).toHaveLength(4);
    expect(await columnsOf('wider')).toMatchObject({ H_data: 'double precision', Moisture: 'double precision' });
  });

  it('refuses a change made for an older version, one without a version, and one that narrows', async () => {
    const { stored } = await datasets.register(named('guarded'));
    await datasets.change('guarded', { description: 'first' }, stored.etag);
    await expect(datasets.change('guarded', { description: 'second' }, stored.etag)).rejects.toMatchObject({
      status: 412,
      code: 'dataset-changed',
    });
    await expect(datasets.change('guarded', { description: 'second' }, undefined)).rejects.toMatchObject({
      status: 428,
    });
    await expect(datasets.change('guarded', { columns: [{ name: 'H_data', maximum: 1 }] }, '*')).rejects.toMatchObject({
      code: 'invalid-dataset-change',
    });
    await expect(datasets.change('absent', {}, '*')).rejects.toMatchObject({ code: 'dataset-not-found' });
    expect((await datasets.get('guarded')).description).toBe('first');
  });

  it('lets one of several changes for the same version win', async () => {
    const { stored } = await datasets.register(named('raced'));
    const changes = ['a', 'b', 'c', 'd'].map((description) => datasets.change('raced', { description }, stored.etag));
    const results = await Promise.allSettled(changes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('gives up a change while a table is in long use, instead of holding up the others', async () => {
    await datasets.register(named('busy'));
    await store.postgres.transaction(async (connection) => {
      await connection.query(`INSERT INTO ${tableOf('busy', 'training')} ("H_data", "Quality") VALUES (1, 2)`);
      const change = datasets.change('busy', { columns: [{ name: 'H_data', nullable: true }] }, '*');
      await expect(change).rejects.toMatchObject({ code: 'dataset-busy' });
    });
    expect((await datasets.get('busy')).features[0]?.nullable).toBe(false);
  });

  it('deletes a dataset with its rows only when the name is repeated and nothing uses it', async () => {
    await datasets.register(named('gone'));
    await expect(datasets.remove('gone', undefined)).rejects.toMatchObject({ code: 'confirmation-required' });
    await expect(datasets.remove('gone', 'Gone')).rejects.toMatchObject({ code: 'confirmation-required' });
    await store.postgres.query(`INSERT INTO gits.models (name, dataset, created_by) VALUES ('m1', 'gone', 'test')`);
    await expect(datasets.remove('gone', 'gone')).rejects.toThrow('used by "model m1"');
    await store.postgres.query('DELETE FROM gits.models');
    await datasets.remove('gone', 'gone');
    await expect(datasets.get('gone')).rejects.toMatchObject({ code: 'dataset-not-found' });
    expect(await columnsOf('gone')).toEqual({});
    expect((await datasets.register(named('gone', { description: 'again' }))).created).toBe(true);
  });
});
