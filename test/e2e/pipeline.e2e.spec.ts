import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JobDocument } from '../../src/jobs/job.js';
import { messageId } from '../../src/data-source/message-id.js';
import { PRODUCT_QUALITY_DATASET } from '../../src/simulator/product-quality-dataset.js';
import { API_KEY } from '../support/gits-process.mjs';
import { Installation } from '../support/installation.js';
import { onnxScores } from '../support/onnx-scores.js';
import { until } from '../support/until.js';

const FEATURES = PRODUCT_QUALITY_DATASET.features.map((column) => column.name);
const MODEL = 'product_quality_lightgbm';
const SERVICE = 'service_product_quality_A';
const DEMO_ROWS = `SELECT count(*) FROM data.product_quality_training WHERE job_id IS NULL`;

type Page = { jobs: JobDocument[]; next_cursor: string | null };
type Counts = Record<'queued' | 'finished' | 'failed' | 'cancelled' | 'total', number>;

const featuresOf = (job: JobDocument) => (job.payload as { product_quality: number[] }).product_quality;
const predictionOf = (job: JobDocument) => (job.result[0] as { quality: number }).quality;

describe('the pipeline, from the first start on', () => {
  let gits: Installation;

  beforeAll(async () => {
    gits = await Installation.start({ GITS_INTERVAL: '0.1', GITS_LABEL_DELAY: '1', GITS_COLLECT_INTERVAL: '0.5' });
    await until('the demo rows', () =>
      gits.rows(`SELECT 1 FROM gits.setup_steps WHERE name = 'demo-rows'`).then(([row]) => row),
    );
    await until('30 finished jobs', async () => (await gits.get<Counts>('/queue_manager/jobs/counts')).finished >= 30);
  });

  afterAll(() => gits?.remove());

  it('has made the demo dataset with its rows, the model and the service', async () => {
    expect(await gits.get('/ml_data_api/datasets')).toEqual([expect.objectContaining(PRODUCT_QUALITY_DATASET)]);
    expect(await gits.value(DEMO_ROWS)).toBe(20_000);
    expect(await gits.value('SELECT count(*) FROM data.product_quality_testing')).toBe(5000);
    const [model, ...others] = await gits.get<{ name: string; aliases: object; versions: { sha256: string }[] }[]>(
      '/queue_manager/get_algorithms',
    );
    expect(others).toEqual([]);
    expect(model).toMatchObject({ name: MODEL, dataset: 'product_quality', aliases: { champion: 1 } });
    const file = readFileSync(new URL('../../models/product_quality/product_quality.onnx', import.meta.url));
    expect(model!.versions.map(({ sha256 }) => sha256)).toEqual([createHash('sha256').update(file).digest('hex')]);
    expect(await gits.get(`/queue_manager/get_services?service_name=${SERVICE}`)).toEqual([
      expect.objectContaining({
        service_name: SERVICE,
        queue: 'gits_product_quality_A',
        algorithm: MODEL,
        version: 1,
        enabled: true,
      }),
    ]);
  });

  it('gives a job in the shape of the reference system', async () => {
    const { jobs } = await gits.get<Page>('/queue_manager/jobs?last_status=finished&limit=1');
    const [job] = jobs;
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const features = featuresOf(job!);
    expect(features).toHaveLength(11);
    expect(job).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      payload: { product_quality: features },
      last_status: 'finished',
      result: [
        {
          ...Object.fromEntries(FEATURES.map((name, index) => [name, features[index]])),
          quality: expect.any(Number),
          date_time: time,
        },
      ],
      message: 'Results calculated successfully.',
      metadata: {
        queued_date: time,
        start_date: time,
        end_date: time,
        time_elapsed_sec: expect.stringMatching(/^\d+\.\d{6}$/),
        routing_key: 'gits_product_quality_A',
        service: SERVICE,
        worker: expect.any(String),
        model: MODEL,
        model_version: 1,
        attempts: 0,
      },
    });
    expect(Object.keys(job!.result[0] as object)).toEqual([...FEATURES, 'quality', 'date_time']);
    expect(await gits.get(`/queue_manager/jobs/${job!.id}`)).toEqual(job);
  });

  it("stores exactly ONNX Runtime's own prediction, in the job and in the production row", async () => {
    const { jobs } = await gits.get<Page>('/queue_manager/jobs?last_status=finished&limit=30');
    const model = await gits.bytes(`/queue_manager/models/${MODEL}/versions/1/file`);
    const expected = await onnxScores(model, jobs.map(featuresOf));
    expect(jobs.map(predictionOf)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(10);
    for (const [index, job] of jobs.entries()) {
      const row = await gits.get<Record<string, unknown>>(
        `/ml_data_api/datasets/product_quality/production/rows/${job.id}`,
      );
      expect(row).toMatchObject({
        job_id: job.id,
        date_time: (job.result[0] as { date_time: string }).date_time,
        ...Object.fromEntries(FEATURES.map((name, column) => [name, featuresOf(job)[column]])),
        prediction: expected[index],
        model: MODEL,
        model_version: 1,
      });
    }
  });

  it('answers /v2 with the same number as the worker', async () => {
    const { jobs } = await gits.get<Page>('/queue_manager/jobs?last_status=finished&limit=3');
    const { inputs } = await gits.get<{ inputs: { name: string; datatype: string; shape: number[] }[] }>(
      `/v2/models/${MODEL}`,
    );
    expect(inputs).toEqual([{ name: expect.any(String), datatype: 'FP32', shape: [-1, 11] }]);
    const answer = await gits.expect<{ outputs: { data: number[]; shape: number[] }[] }>(
      'POST',
      `/v2/models/${MODEL}/infer`,
      200,
      {
        json: {
          id: 'same',
          inputs: [{ name: inputs[0]!.name, datatype: 'FP32', shape: [3, 11], data: jobs.flatMap(featuresOf) }],
        },
      },
    );
    expect(answer).toMatchObject({ model_name: MODEL, model_version: '1', id: 'same', outputs: [{ shape: [3, 1] }] });
    expect(answer.outputs[0]!.data).toEqual(jobs.map(predictionOf));
    expect(await gits.call('GET', '/v2/health/ready', { anonymous: true })).toMatchObject({
      status: 200,
      body: { ready: true },
    });
  });

  it('labels production rows and grows the training data when laboratory results come in', async () => {
    const labelled = `SELECT count(*) FROM data.product_quality_production WHERE quality IS NOT NULL AND labeled_at IS NOT NULL`;
    await until('labels', () => gits.value<number>(labelled));
    const grown = await until('new training rows', () =>
      gits
        .rows<{ job_id: string; quality: number; label: number }>(
          `SELECT t.job_id, t.quality, p.quality AS label FROM data.product_quality_training t
       JOIN data.product_quality_production p USING (job_id) LIMIT 5`,
        )
        .then((rows) => rows.length > 0 && rows),
    );
    for (const { quality, label } of grown) expect(quality).toBe(label);
  });

  it('streams counts and new jobs', async () => {
    const response = await fetch(`${gits.url}/queue_manager/jobs/events`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let received = '';
    while (!/event: job\n/.test(received) || received.split('event: counts').length < 4) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended after:\n${received}`);
      received += value;
    }
    await reader.cancel();
    const data = /event: job\n(?:id: .*\n)?data: (.*)\n/.exec(received)?.[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({
      payload: expect.any(Object),
      last_status: expect.any(String),
      metadata: expect.any(Object),
    });
  });

  it('shows the dashboard to who is logged in, by key or by the link that was printed', async () => {
    const page = '/dash_main_dashboard';
    const html = { accept: 'text/html' };
    const stranger = await gits.call('GET', page, { headers: html, anonymous: true });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, expect.stringContaining('/login')]);

    const byKey = await gits.call<string>('GET', page, { headers: html });
    expect(byKey.status).toBe(200);
    const words = byKey.body.replace(/<[^>]*>/g, '');
    for (const shown of [SERVICE, `${MODEL} v1`, 'Finished', 'Throughput', '5,000'])
      expect([shown, words.includes(shown)]).toEqual([shown, true]);

    const link = /Log in once as admin: \S+(\/login\/link\?token=\S+)/.exec(gits.output)?.[1] ?? 'no link was printed';
    const login = await gits.call('GET', link, { anonymous: true });
    expect(login.status).toBe(303);
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await gits.call('GET', page, { headers: { ...html, cookie }, anonymous: true })).status).toBe(200);
    expect((await gits.call('GET', link, { anonymous: true })).status).toBe(410);
  });

  it('greets everyone and asks for a key elsewhere', async () => {
    const greeting = await gits.call('GET', '/queue_manager/', { anonymous: true });
    expect(greeting).toMatchObject({ status: 200, body: { message: 'This is the queue manager.' } });
    const closed = [
      '/queue_manager/jobs',
      '/ml_data_api/datasets',
      '/v2/models/x',
      '/metrics',
      '/queue_manager/get_services',
    ];
    for (const path of closed)
      expect([path, (await gits.call('GET', path, { anonymous: true })).status]).toEqual([path, 401]);
  });

  it('keeps everything over a restart, loads nothing twice and goes on sending where it stopped', async () => {
    const before = await gits.value<number>('SELECT count(*) FROM gits.jobs');
    expect(await gits.stop()).toBe(0);
    await gits.restart();
    expect(gits.output).not.toContain('Log in once');
    await until(
      'jobs after the restart',
      async () => (await gits.value<number>('SELECT count(*) FROM gits.jobs')) > before + 20,
    );

    // One statement, so that the messages still on their way are seen at the same moment.
    const [run] = await gits.rows<{ name: string; started: number; position: number; ids: string[] }>(
      `SELECT name, (extract(epoch FROM started_at) * 1000)::bigint AS started, position,
         ARRAY(SELECT id::text FROM gits.jobs UNION ALL SELECT id::text FROM gits.messages ORDER BY 1) AS ids FROM gits.source_runs`,
    );
    expect(run!.ids).toEqual(
      Array.from({ length: run!.position }, (_, row) => messageId(run!.name, run!.started, row)),
    );

    expect(await gits.value(DEMO_ROWS)).toBe(20_000);
    expect(await gits.value('SELECT count(*) FROM data.product_quality_testing')).toBe(5000);
    expect(await gits.value('SELECT count(*) FROM gits.model_versions')).toBe(1);
    expect(await gits.value('SELECT count(*) FROM gits.services')).toBe(1);
    expect(await gits.value('SELECT count(*) FROM gits.users')).toBe(1);
  });
});
