import { v7 as uuidv7 } from 'uuid';
import type { Dataset, DatasetColumn } from '../../../src/datasets/dataset.js';
import { tableOf } from '../../../src/datasets/dataset-table.js';
import { ProductionWriter, type ScoredRows } from '../../../src/ml-data/production-writer.js';
import { MIXED_DATASET, type Store, expectTrueCounts, startStore } from './store.js';

const TIME = Date.parse('2026-01-31T08:30:00.123Z');

describe('ProductionWriter', () => {
  let store: Store;
  const writer = new ProductionWriter();
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.stop());

  async function register(name: string, change: Partial<Dataset> = {}): Promise<Dataset> {
    return (await store.datasets.register({ ...MIXED_DATASET, name, ...change })).stored.dataset;
  }

  function insert(dataset: Dataset, rows: ScoredRows): Promise<number> {
    return store.postgres.transaction((connection) => writer.insert(dataset, rows, connection));
  }

  function batch(jobIds: string[], change: Partial<ScoredRows> = {}): ScoredRows {
    const features = Float64Array.from(jobIds.flatMap((_, index) => [index, index % 4, index % 2]));
    const eventTimes = new Float64Array(jobIds.length).fill(TIME);
    const predictions = Float64Array.from(jobIds, (_, index) => index / 3);
    return { jobIds, eventTimes, features, predictions, model: `m'"; --`, modelVersion: 2, ...change };
  }

  it('stores every type of column as it was given', async () => {
    const dataset = await register('exact');
    const [jobId] = [uuidv7()];
    await insert(
      dataset,
      batch([jobId], { features: Float64Array.of(0.1 + 0.2, 1, Number.NaN), predictions: Float64Array.of(1 / 3) }),
    );
    const rows = await store.postgres.rows(`SELECT * FROM ${tableOf('exact', 'production')}`);
    expect(rows).toEqual([
      {
        job_id: jobId,
        date_time: new Date(TIME),
        H_data: 0.1 + 0.2,
        Mode: `'); DROP TABLE gits.datasets; --`,
        select: null,
        Quality: null,
        prediction: 1 / 3,
        labeled_at: null,
        model: `m'"; --`,
        model_version: 2,
      },
    ]);
  });

  it('stores class names as predictions of a classification', async () => {
    const target: DatasetColumn = { name: 'grade', type: 'category', categories: ['a', 'b'], nullable: false };
    const dataset = await register('classes', { task: 'classification', target });
    await insert(dataset, batch([uuidv7(), uuidv7()], { predictions: ['b', 'a'] }));
    const rows = await store.postgres.rows(
      `SELECT prediction FROM ${tableOf('classes', 'production')} ORDER BY job_id`,
    );
    expect(rows).toEqual([{ prediction: 'b' }, { prediction: 'a' }]);
  });

  it('returns how many rows were new, and counts those only', async () => {
    const dataset = await register('again');
    const jobIds = Array.from({ length: 100 }, () => uuidv7());
    expect(await insert(dataset, batch(jobIds.slice(0, 60)))).toBe(60);
    expect(await insert(dataset, batch(jobIds))).toBe(40);
    expect(await insert(dataset, batch(jobIds))).toBe(0);
    expect(await insert(dataset, batch([jobIds[0]!, jobIds[0]!]))).toBe(0);
    expect(await insert(dataset, batch([]))).toBe(0);
    await expectTrueCounts(store, dataset);
  });

  it('leaves nothing behind when the transaction of its caller fails, not even in the counts', async () => {
    const dataset = await register('undone');
    const work = store.postgres.transaction(async (connection) => {
      await writer.insert(dataset, batch([uuidv7()]), connection);
      throw new Error('the worker died');
    });
    await expect(work).rejects.toThrow('the worker died');
    await expectTrueCounts(store, dataset);
  });

  it('counts right when several connections write the same jobs at once', async () => {
    const dataset = await register('crowd');
    const jobIds = Array.from({ length: 500 }, () => uuidv7());
    const added = await Promise.all(Array.from({ length: 4 }, () => insert(dataset, batch(jobIds))));
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(500);
    await expectTrueCounts(store, dataset);
  });

  it('writes on with a connection it has used, after the dataset has grown', async () => {
    const before = await register('grown');
    await store.postgres.withConnection(async (connection) => {
      await writer.insert(before, batch([uuidv7()]), connection);
      const { dataset: after } = await store.datasets.change(
        'grown',
        { addFeatures: [{ name: 'Moisture', type: 'number', nullable: true }] },
        '*',
      );
      // A worker that has not noticed yet, then one that has.
      expect(await writer.insert(before, batch([uuidv7()]), connection)).toBe(1);
      expect(
        await writer.insert(after, batch([uuidv7()], { features: Float64Array.of(1, 2, 1, 9.5) }), connection),
      ).toBe(1);
    });
    const rows = await store.postgres.rows(`SELECT "Moisture" FROM ${tableOf('grown', 'production')} ORDER BY job_id`);
    expect(rows).toEqual([{ Moisture: null }, { Moisture: null }, { Moisture: 9.5 }]);
  });

  it('refuses a batch whose parts differ in length', async () => {
    const dataset = await register('uneven');
    await expect(insert(dataset, batch([uuidv7()], { features: new Float64Array(2) }))).rejects.toThrow('3 features');
    await expect(insert(dataset, batch(['not a uuid']))).rejects.toThrow('must be a UUID');
  });
});
