import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { Dataset, DatasetColumn } from '../../../src/datasets/dataset.js';
import { tableOf } from '../../../src/datasets/dataset-table.js';
import { GroundTruthService } from '../../../src/ml-data/ground-truth.service.js';
import { readLabelEntries } from '../../../src/ml-data/label-entries.js';
import { LabelService } from '../../../src/ml-data/label.service.js';
import { MlDataService } from '../../../src/ml-data/ml-data.service.js';
import { RowsService } from '../../../src/ml-data/rows.service.js';
import { MIXED_DATASET, type Store, expectTrueCounts, startStore } from './store.js';

const NOON = Date.parse('2026-01-31T12:00:00Z');

describe('labels', () => {
  let store: Store;
  let labels: LabelService;
  let data: MlDataService;
  let truth: GroundTruthService;
  let made = 0;
  beforeAll(async () => {
    store = await startStore();
    labels = new LabelService(store.postgres);
    data = new MlDataService(store.postgres);
    truth = new GroundTruthService(store.postgres, store.datasets);
  });
  afterAll(() => store.stop());
  afterEach(() => store.postgres.query('DELETE FROM gits.laboratory_results'));

  async function register(change: Partial<Dataset> = {}): Promise<Dataset> {
    return (await store.datasets.register({ ...MIXED_DATASET, name: `labels_${made++}`, ...change })).stored.dataset;
  }

  /** Production rows a second apart from noon on. */
  async function produce(dataset: Dataset, count: number): Promise<string[]> {
    const rows = Array.from({ length: count }, (_, index) => ({
      job_id: uuidv7(),
      date_time: NOON + index * 1000,
      H_data: index % 300,
      prediction: 1,
    }));
    await data.append(dataset, 'production', rows);
    return rows.map((row) => row.job_id);
  }

  function label(dataset: Dataset, body: unknown, toleranceSeconds = 0) {
    return labels.label(dataset, readLabelEntries(dataset, body), toleranceSeconds);
  }

  async function labelsOf(dataset: Dataset): Promise<(number | string | boolean | null)[]> {
    const target = dataset.target.name;
    const rows = await store.postgres.rows<Record<string, number>>(
      `SELECT "${target}" FROM ${tableOf(dataset.name, 'production')} ORDER BY date_time, job_id`,
    );
    return rows.map((row) => row[target] ?? null);
  }

  async function handIn(dataset: string, results: [jobId: string, label: string][], due = 'now()'): Promise<void> {
    for (const [jobId, text] of results) {
      await store.postgres.query(`INSERT INTO gits.laboratory_results VALUES ($1, $2, $3, ${due})`, [
        jobId,
        dataset,
        text,
      ]);
    }
  }

  async function waiting(): Promise<number> {
    return (await store.postgres.rows<{ n: number }>('SELECT count(*) AS n FROM gits.laboratory_results'))[0]!.n;
  }

  describe('LabelService', () => {
    it('labels rows by job, says what it does not know, and changes nothing the second time', async () => {
      const dataset = await register();
      const [first, second] = await produce(dataset, 3);
      const stranger = uuidv7();
      const body = [
        { job_id: first, label: 5 },
        { job_id: second, label: 6 },
        { job_id: stranger, label: 7 },
      ];
      expect(await label(dataset, body)).toEqual({ updated: 2, unchanged: 0, unknown: [{ job_id: stranger }] });
      expect(await label(dataset, body)).toEqual({ updated: 0, unchanged: 2, unknown: [{ job_id: stranger }] });
      expect(await label(dataset, [{ job_id: first, label: 9 }])).toMatchObject({ updated: 1 });
      expect(await labelsOf(dataset)).toEqual([9, 6, null]);
      await expectTrueCounts(store, dataset);
    });

    it('labels by the exact time, or by the nearest within the tolerance', async () => {
      const dataset = await register();
      await produce(dataset, 4);
      const at = (milliseconds: number) => new Date(NOON + milliseconds).toISOString();
      expect(
        await label(dataset, [
          { date_time: at(1000), label: 1 },
          { date_time: at(1400), label: 2 },
        ]),
      ).toEqual({
        updated: 1,
        unchanged: 0,
        unknown: [{ date_time: at(1400) }],
      });
      expect(
        await label(
          dataset,
          [
            { date_time: at(2400), label: 3 },
            { date_time: at(-600), label: 4 },
          ],
          0.6,
        ),
      ).toMatchObject({ updated: 2 });
      expect(await labelsOf(dataset)).toEqual([4, 1, 3, null]);
      expect(await label(dataset, [{ date_time: at(3601), label: 3 }], 0.6)).toMatchObject({ updated: 0 });
    });

    it('labels every row of the very time, and lets the last entry for a row count', async () => {
      const dataset = await register();
      await data.append(
        dataset,
        'production',
        [1, 2].map((H_data) => ({ H_data, date_time: NOON })),
      );
      const jobs = await produce(dataset, 1);
      expect(
        await label(dataset, [
          { job_id: jobs[0], label: 8 },
          { date_time: NOON, label: 3 },
        ]),
      ).toMatchObject({ updated: 3 });
      expect(await labelsOf(dataset)).toEqual([3, 3, 3]);
      await expectTrueCounts(store, dataset);
    });

    it('takes labels of each type', async () => {
      const grade: DatasetColumn = {
        name: 'Grade',
        type: 'category',
        categories: ['good', `'); DROP TABLE x; --`],
        nullable: false,
      };
      const graded = await register({ task: 'classification', target: grade });
      const [first, second] = await produce2(graded);
      await label(graded, [
        { job_id: first, label: grade.categories![1] },
        { job_id: second, label: 'good' },
      ]);
      expect(await labelsOf(graded)).toEqual([grade.categories![1], 'good']);
      const flagged = await register({
        task: 'classification',
        target: { name: 'ok', type: 'boolean', nullable: false },
      });
      const [third, fourth] = await produce2(flagged);
      await label(flagged, [
        { job_id: third, label: true },
        { job_id: fourth, label: false },
      ]);
      expect(await labelsOf(flagged)).toEqual([true, false]);
      expect(await truth.collect(10)).toMatchObject({ labelled: 0, appended: 4, dropped: 0 });
    });

    async function produce2(dataset: Dataset): Promise<string[]> {
      const rows = [0, 1].map((index) => ({ job_id: uuidv7(), date_time: NOON + index, H_data: 1 }));
      await data.append(dataset, 'production', rows);
      return rows.map((row) => row.job_id);
    }
  });

  describe('GroundTruthService', () => {
    it('labels production rows and adds them to the training data, once', async () => {
      const dataset = await register();
      const jobs = await produce(dataset, 3);
      await handIn(dataset.name, [
        [jobs[0]!, '5'],
        [jobs[2]!, '7.25'],
      ]);
      expect(await truth.collect(100)).toEqual({ labelled: 2, appended: 2, waiting: 0, dropped: 0 });
      expect(await truth.collect(100)).toEqual({ labelled: 0, appended: 0, waiting: 0, dropped: 0 });
      await handIn(dataset.name, [[jobs[0]!, '5']]);
      expect(await truth.collect(100)).toEqual({ labelled: 0, appended: 0, waiting: 0, dropped: 0 });
      const training = await store.postgres.rows(`SELECT * FROM ${tableOf(dataset.name, 'training')} ORDER BY row_id`);
      expect(training).toEqual([
        expect.objectContaining({ job_id: jobs[0], date_time: new Date(NOON), H_data: 0, Quality: 5 }),
        expect.objectContaining({ job_id: jobs[2], date_time: new Date(NOON + 2000), H_data: 2, Quality: 7.25 }),
      ]);
      expect(await labelsOf(dataset)).toEqual([5, null, 7.25]);
      await expectTrueCounts(store, dataset);
    });

    it('collects rows that were labelled by request, and corrects those whose label changed', async () => {
      const dataset = await register();
      const jobs = await produce(dataset, 2);
      await label(dataset, [{ job_id: jobs[0], label: 5 }]);
      expect(await truth.collect(100)).toMatchObject({ labelled: 0, appended: 1 });
      await label(dataset, [{ job_id: jobs[0], label: 6 }]);
      expect(await truth.collect(100)).toMatchObject({ labelled: 0, appended: 0 });
      expect(await store.postgres.rows(`SELECT "Quality" FROM ${tableOf(dataset.name, 'training')}`)).toEqual([
        { Quality: 6 },
      ]);
      await expectTrueCounts(store, dataset);
    });

    it('leaves results that are not due, and those whose row is still to come, without letting them block the others', async () => {
      const dataset = await register();
      const [job] = await produce(dataset, 1);
      const late = uuidv7();
      await handIn(dataset.name, [[late, '1']], `now() - interval '1 hour'`);
      await handIn(dataset.name, [[uuidv7(), '1']], `now() + interval '1 hour'`);
      await handIn(dataset.name, [[job!, '1']]);
      expect(await truth.collect(1)).toEqual({ labelled: 0, appended: 0, waiting: 1, dropped: 0 });
      expect(await truth.collect(1)).toMatchObject({ labelled: 1, appended: 1 });
      expect(await waiting()).toBe(2);
      await data.append(dataset, 'production', { job_id: late, H_data: 1 });
      await store.postgres.query('UPDATE gits.laboratory_results SET due_at = now() WHERE job_id = $1', [late]);
      expect(await truth.collect(10)).toMatchObject({ labelled: 1, appended: 1 });
    });

    it('drops results of failed jobs, of datasets that are gone, and those that are no label', async () => {
      const dataset = await register();
      const [job, other] = await produce(dataset, 2);
      const failed = uuidv7();
      await store.postgres.query(
        `INSERT INTO gits.jobs (id, service, routing_key, last_status, payload, result, message, queued_at)
         VALUES ($1, 's', 'q', 'failed', '{}', '[]', '', now())`,
        [failed],
      );
      await handIn(dataset.name, [
        [failed, '1'],
        [job!, `'); DROP TABLE x; --`],
        [other!, '1001'],
      ]);
      await handIn('absent', [[uuidv7(), '1']]);
      expect(await truth.collect(10)).toEqual({ labelled: 0, appended: 0, waiting: 0, dropped: 4 });
      expect(await waiting()).toBe(0);
    });

    it('adds each row once when several collectors run at the same time', async () => {
      const dataset = await register();
      const jobs = await produce(dataset, 400);
      await label(
        dataset,
        jobs.map((job_id, index) => ({ job_id, label: index })),
      );
      await store.postgres.query('UPDATE gits.laboratory_results SET label = (label::integer + 1)::text');
      const results = await Promise.all(Array.from({ length: 12 }, () => truth.collect(60)));
      results.push(await truth.collect(400));
      expect(results.reduce((sum, { appended }) => sum + appended, 0)).toBe(400);
      expect(results.reduce((sum, { labelled }) => sum + labelled, 0)).toBe(400);
      expect(await labelsOf(dataset)).toEqual(jobs.map((_, index) => index + 1));
      await expectTrueCounts(store, dataset);
    });
  });

  it('keeps the counts true through any mixture of changes', async () => {
    const rows = new RowsService(store.postgres);
    const step = fc.record({
      kind: fc.constantFrom('append', 'label', 'unlabel', 'delete', 'collect', 'deleteTraining'),
      at: fc.nat({ max: 5 }),
      value: fc.nat({ max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const dataset = await register();
        const jobs = Array.from({ length: 6 }, () => uuidv7());
        const ignoreAbsent = (error: { code?: string }) => expect(error.code).toBe('row-not-found');
        for (const { kind, at, value } of steps) {
          const job = jobs[at]!;
          if (kind === 'append')
            await data.append(dataset, 'production', [{ job_id: job, date_time: NOON + at, H_data: at }]);
          if (kind === 'label') await label(dataset, [{ job_id: job, label: value }]);
          if (kind === 'unlabel') await rows.change(dataset, 'production', job, { Quality: null }).catch(ignoreAbsent);
          if (kind === 'delete') await rows.remove(dataset, 'production', job).catch(ignoreAbsent);
          if (kind === 'collect') await truth.collect(100);
          if (kind === 'deleteTraining') await rows.remove(dataset, 'training', String(at)).catch(ignoreAbsent);
          await expectTrueCounts(store, dataset);
        }
      }),
      { numRuns: 25 },
    );
  });
});
