import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { messageId } from '../../src/data-source/message-id.js';
import { PRODUCT_QUALITY_DATASET } from '../../src/simulator/product-quality-dataset.js';
import { RoasterSimulator } from '../../src/simulator/roaster-simulator.js';
import { Installation } from '../support/installation.js';
import { onnxScores } from '../support/onnx-scores.js';
import { until } from '../support/until.js';

const ROWS = 5000;
const RUN = 'replay of the test';
const NAMES = PRODUCT_QUALITY_DATASET.features.map((column) => column.name);

interface Sent {
  /** The cells as they stand in the file. */
  cells: string[];
  /** Why the row cannot be scored; undefined for a good one. */
  reason?: string;
}

interface StoredJob {
  id: string;
  last_status: string;
  message: string;
  payload: { product_quality: (number | string | null)[] };
  result: Record<string, unknown>[];
  prediction: number | null;
  rows: number;
}

/** Simulator rows, of which one in ten is spoilt in one of four ways. */
function makeRows(): Sent[] {
  const simulator = new RoasterSimulator({ seed: 77 });
  return Array.from({ length: ROWS }, (_, row) => {
    const { features, quality } = simulator.next();
    const cells = [...features, quality].map(String);
    if (row % 10 !== 3) return { cells };
    const column = row % NAMES.length;
    const [cell, shown] = [
      ['', 'null'],
      ['n/a', '"n/a"'],
      ['99999', '99999'],
      ['-24.5', '-24.5'],
    ][Math.floor(row / 10) % 4] as [string, string];
    cells[column] = cell;
    const range = column === 0 ? 'a number from 50 to 300' : 'a number from 0 to 1100';
    return { cells, reason: `${NAMES[column]} must be ${range}, but is ${shown}` };
  });
}

describe('the replay of a file at full rate', () => {
  const sent = makeRows();
  let gits: Installation;
  let ids: string[];
  let jobs: Map<string, StoredJob>;

  const replay = () =>
    gits.run([
      'start',
      '--role',
      'data-source',
      '--source',
      join(gits.dataDir, 'rows.csv.gz'),
      '--source-run',
      RUN,
      '--rate',
      'max',
    ]);
  const jobsOfRun = 'SELECT count(*) FROM gits.jobs WHERE id = ANY ($1::uuid[])';

  beforeAll(async () => {
    gits = await Installation.start({ GITS_SOURCE_COUNT: '1' });
    // Upper-case names in another order than the dataset's, behind a column that nobody wants.
    const header = ['Plant', ...NAMES.toReversed(), 'quality'].map((name) => name.toUpperCase()).join(',');
    const lines = sent.map(({ cells }) => ['Bilbao', ...cells.slice(0, -1).toReversed(), cells.at(-1)].join(','));
    await writeFile(join(gits.dataDir, 'rows.csv.gz'), gzipSync(`${[header, ...lines].join('\n')}\n`));
    const source = replay();
    expect([await source.end(), source.output]).toEqual([0, expect.stringMatching(/sent 5000 messages/)]);
    const [run] = await gits.rows<{ started: number }>(
      'SELECT (extract(epoch FROM started_at) * 1000)::bigint AS started FROM gits.source_runs WHERE name = $1 AND position = $2',
      [RUN, ROWS],
    );
    ids = sent.map((_, row) => messageId(RUN, run!.started, row));
    await until('a job for each row', async () => (await gits.value(jobsOfRun, [ids])) === ROWS);
    const found = await gits.rows<StoredJob>(
      `SELECT j.id, last_status, message, payload, result, max(p.prediction) AS prediction, count(p.job_id) AS rows
       FROM gits.jobs j LEFT JOIN data.product_quality_production p ON p.job_id = j.id GROUP BY j.id`,
    );
    jobs = new Map(found.map((job) => [job.id, job]));
  });

  afterAll(() => gits?.remove());

  it('ends every row as exactly one job, with the cells of its row', () => {
    // One more comes from the simulator of the installation itself.
    expect(jobs.size).toBe(ROWS + 1);
    for (const [row, { cells }] of sent.entries()) {
      const expected = cells.slice(0, -1).map((cell) => (cell === '' ? null : cell === 'n/a' ? cell : Number(cell)));
      expect(jobs.get(ids[row]!)?.payload).toEqual({ product_quality: expected });
    }
  });

  it("finishes good rows with exactly ONNX Runtime's own prediction in job and production row", async () => {
    const good = sent.flatMap(({ cells, reason }, row) =>
      reason === undefined ? [{ cells, job: jobs.get(ids[row]!)! }] : [],
    );
    expect(good).toHaveLength(ROWS * 0.9);
    const model = await gits.bytes('/queue_manager/models/product_quality_lightgbm/versions/1/file');
    const expected = await onnxScores(
      model,
      good.map(({ cells }) => cells.slice(0, -1).map(Number)),
    );
    expect(good.map(({ job }) => job.prediction)).toEqual(expected);
    expect(good.map(({ job }) => job.result[0]?.['quality'])).toEqual(expected);
    expect(good.filter(({ job }) => job.last_status !== 'finished' || job.rows !== 1)).toEqual([]);
  });

  it('fails bad rows with a reason that names field, expectation and value, and keeps a dead letter of each', async () => {
    const letters = await gits.get<{ id: string; reason: string; queue: string }[]>(
      '/queue_manager/dead_letters?limit=1000',
    );
    const reasons = new Map(letters.map(({ id, reason }) => [id, reason]));
    const bad = sent.flatMap(({ reason }, row) =>
      reason === undefined ? [] : [{ reason, job: jobs.get(ids[row]!)! }],
    );
    expect(bad).toHaveLength(ROWS / 10);
    expect(bad.map(({ job }) => job.message)).toEqual(bad.map(({ reason }) => reason));
    expect(bad.map(({ job }) => reasons.get(job.id))).toEqual(bad.map(({ reason }) => reason));
    expect(bad.filter(({ job }) => job.last_status !== 'failed' || job.rows !== 0 || job.result.length !== 0)).toEqual(
      [],
    );
    expect(letters).toHaveLength(bad.length);
  });

  it('counts the same everywhere', async () => {
    const counts = { queued: 0, finished: ROWS * 0.9 + 1, failed: ROWS / 10, cancelled: 0, total: ROWS + 1 };
    expect(await gits.get('/queue_manager/jobs/counts')).toEqual(counts);
    expect(await gits.get('/queue_manager/jobs/counts?service=service_product_quality_A')).toEqual(counts);
    const minutes = await gits.get<{ last_status: string; jobs: number }[]>(
      '/queue_manager/jobs/counts_per_minute?minutes=60',
    );
    const ofStatus = (status: string) =>
      minutes.filter((minute) => minute.last_status === status).reduce((sum, { jobs }) => sum + jobs, 0);
    expect([ofStatus('finished'), ofStatus('failed')]).toEqual([counts.finished, counts.failed]);
    expect(await gits.get('/ml_data_api/datasets/product_quality/counts')).toMatchObject({
      production: counts.finished,
    });
    expect(await gits.value('SELECT count(*) FROM data.product_quality_production')).toBe(counts.finished);
    expect(await gits.value(`SELECT count(*) FROM gits.jobs WHERE last_status = 'failed'`)).toBe(counts.failed);
    expect(await gits.value('SELECT count(*) FROM gits.dead_letters')).toBe(counts.failed);
    expect(await gits.value('SELECT count(*) FROM gits.messages')).toBe(0);
    expect(
      await gits.value('SELECT count(*) FROM gits.laboratory_results WHERE job_id = ANY ($1::uuid[])', [ids]),
    ).toBeLessThanOrEqual(ROWS);
  });

  it('sends nothing when the same run is replayed again', async () => {
    const source = replay();
    expect([await source.end(), source.output]).toEqual([0, expect.stringContaining('was sent before (5000 rows)')]);
    expect(await gits.value('SELECT count(*) FROM gits.messages')).toBe(0);
    expect(await gits.value('SELECT count(*) FROM gits.jobs')).toBe(ROWS + 1);
  });

  it('ends with a clear message when the file lacks a column or is not there', async () => {
    await writeFile(join(gits.dataDir, 'short.csv'), 'h_data,t_data_1_1\n170,280\n');
    const short = gits.run([
      'start',
      '--role',
      'data-source',
      '--source',
      join(gits.dataDir, 'short.csv'),
      '--rate',
      'max',
    ]);
    const missing = gits.run(['start', '--role', 'data-source', '--source', join(gits.dataDir, 'nowhere.csv')]);
    expect([await short.end(), short.output]).toEqual([
      1,
      expect.stringMatching(/must have the column "t_data_1_2".*--source-map/),
    ]);
    expect([await missing.end(), missing.output]).toEqual([
      1,
      expect.stringMatching(/--source must be "simulator" or a file.*nowhere\.csv/),
    ]);
  });
});
