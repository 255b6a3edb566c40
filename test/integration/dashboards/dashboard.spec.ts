import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MainDashboardService } from '../../../src/dashboards/main-dashboard.service.js';
import { DatasetsService } from '../../../src/datasets/datasets.service.js';
import type { Dataset } from '../../../src/datasets/dataset.js';
import { PostgresJobStore } from '../../../src/jobs/postgres-job-store.js';
import type { Job } from '../../../src/jobs/job.js';
import type { JobOutcomes } from '../../../src/jobs/job-store.js';
import { MessageBroker } from '../../../src/platform/broker/message-broker.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { PRODUCT_QUALITY_DATASET } from '../../../src/simulator/product-quality-dataset.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';
import { API_KEY, startDashboardApp } from './dashboard-app.js';

const PAGE = '/dash_main_dashboard';
const LIVE = `${PAGE}/live`;
const KEY = { authorization: `Bearer ${API_KEY}` };
/** Figures of the last look are served for less than this. */
const STALE_MS = 1000;

const GATE_OPEN: Dataset = {
  name: 'gate_open',
  description: '',
  task: 'classification',
  features: [{ name: 'pressure', type: 'number', nullable: false }],
  target: { name: 'open', type: 'boolean', nullable: false },
  payloadKey: 'gate',
  timeColumns: [],
};

/** What a worker writes for a batch that it took 15 ms ago and scored 10 ms ago; the messages came 20 ms ago. */
function outcomes(statuses: readonly ('finished' | 'failed')[]): JobOutcomes {
  const now = Date.now();
  return {
    ...{ service: 'service_a', routingKey: 'queue_a', worker: 'w', model: 'm', modelVersion: 7 },
    startedAt: now - 15,
    endedAt: now - 10,
    jobs: statuses.map((status) => ({
      id: randomUUID(),
      status,
      payload: '{}',
      result: status === 'finished' ? '[{"quality":366.89508}]' : '[]',
      message: status === 'finished' ? 'ok' : 'x <b>bad</b>',
      attempts: 0,
      queuedAt: now - 20,
    })),
  };
}

const QUEUED: Job = {
  ...{ id: randomUUID(), service: 'service_a', routingKey: 'queue_a', status: 'queued', payload: '{}', result: '[]' },
  ...{ message: '', worker: null, model: null, modelVersion: null, attempts: 0, startedAt: null, endedAt: null },
  queuedAt: Date.now(),
};

describe('the main dashboard', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let url: string;
  let postgres: Postgres;

  beforeAll(async () => {
    database = await startTestDatabase();
    ({ app, url } = await startDashboardApp(database.url));
    postgres = app.get(Postgres);
  });

  afterAll(async () => {
    await app.close();
    await database.stop();
  });

  const get = (path: string, headers: Record<string, string> = KEY) =>
    fetch(url + path, { headers, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
  const text = async (path: string) => (await get(path)).text();
  const laterFigures = async () => {
    await new Promise((done) => setTimeout(done, STALE_MS));
    return app.get(MainDashboardService).figures();
  };

  it('is where the root leads', async () => {
    const answer = await get('/');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, PAGE]);
  });

  it('is not for strangers: a browser is led to the login, and so is one whose login ended while it watched', async () => {
    const page = await get(PAGE, { accept: 'text/html' });
    expect([page.status, page.headers.get('location')]).toEqual([303, '/login']);
    const live = await get(LIVE, { accept: 'text/html', 'hx-request': 'true', 'hx-current-url': url + PAGE });
    expect([live.status, live.headers.get('hx-redirect')]).toEqual([401, '/login']);
  });

  it('is a page that no cache keeps', async () => {
    const answer = await get(PAGE);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toContain('No service is ready');
  });

  it('polls for its live part only', async () => {
    const live = await text(LIVE);
    expect(live).not.toContain('<html');
    expect(live).toContain('id="jobs-per-minute"');
    expect(await text(PAGE)).toContain(`hx-get="${LIVE}"`);
  });

  it('writes times in the zone of the browser', async () => {
    const answer = await get(LIVE, { ...KEY, cookie: 'gits_zone=Asia%2FTokyo' });
    expect(await answer.text()).toContain('Times in Asia/Tokyo.');
    expect(await text(LIVE)).toContain('Times in UTC.');
  });

  it('offers a message to send as soon as a service can score it', async () => {
    await app.get(DatasetsService, { strict: false }).register(PRODUCT_QUALITY_DATASET);
    await postgres.query(`
      INSERT INTO gits.artifacts VALUES ('ab', 1, 'x');
      INSERT INTO gits.models (name, dataset, created_by) VALUES ('m', 'product_quality', 'test');
      INSERT INTO gits.model_versions (model, version, sha256, signature, gate, created_by)
        VALUES ('m', 7, 'ab', '{}', '{}', 'test');
      INSERT INTO gits.model_aliases VALUES ('m', 'champion', 7);
      INSERT INTO gits.services (name, queue, dataset, model, alias)
        VALUES ('service_a', 'queue_a', 'product_quality', 'm', 'champion');
    `);
    await laterFigures();
    const html = await text(PAGE);
    expect(html).toContain(`curl -X POST '${url}/queue_manager/jobs'`);
    expect(html).toContain(
      '{&quot;service&quot;:&quot;service_a&quot;,&quot;payload&quot;:{&quot;product_quality&quot;:[175,',
    );
  });

  it('counts jobs, rates, latency, queues and rows', async () => {
    const store = new PostgresJobStore(postgres);
    await store.record(outcomes([...Array.from({ length: 8 }, () => 'finished' as const), 'failed']));
    await store.create([QUEUED]);
    const broker = app.get(MessageBroker, { strict: false });
    await broker.declare('queue_a');
    await broker.publish('queue_a', [{ id: randomUUID(), body: '{}' }]);
    await postgres.query(`
      INSERT INTO gits.row_counts VALUES ('product_quality', 'training', 0, 40), ('product_quality', 'training', 1, 2),
        ('product_quality', 'production', 0, 8), ('product_quality', 'labelled', 0, 2)
    `);
    const figures = await laterFigures();
    expect(figures.missing).toEqual([]);
    expect(figures.counts).toEqual({ queued: 1, finished: 8, failed: 1, cancelled: 0 });
    expect(figures.throughput.lastMinute).toBeCloseTo(9 / 60, 1);
    expect(figures.latency).toMatchObject({ jobs: 8, p50: 10, p50Work: 5 });
    expect(figures.queues).toEqual([{ queue: 'queue_a', messages: 1, deadLetters: 0 }]);
    expect(figures.rows).toEqual([
      { dataset: 'product_quality', training: 42, testing: 0, production: 8, labelled: 2 },
    ]);
    expect(figures.latestJobs).toHaveLength(10);
    expect(figures.latestFailures).toMatchObject([{ message: 'x <b>bad</b>' }]);
    const html = await text(LIVE);
    expect(html).toContain('366.895');
    expect(html).toContain('x &lt;b>bad&lt;/b>');
    expect(html).not.toContain('curl');
    expect(html).toContain('25.0 %');
  });

  it('measures the rate of now from one look to the next', async () => {
    await app.get(MainDashboardService).figures();
    await new PostgresJobStore(postgres).record(outcomes(Array.from({ length: 200 }, () => 'finished' as const)));
    await new Promise((done) => setTimeout(done, 2000));
    const { throughput } = await app.get(MainDashboardService).figures();
    expect(throughput.now).toBeGreaterThan(10);
    expect(throughput.now).toBeLessThan(201);
  });

  it('shows the newest predictions in the order of time, with the labels that are known', async () => {
    await postgres.query(`
      INSERT INTO data.product_quality_production (job_id, date_time, prediction, quality, ${PRODUCT_QUALITY_DATASET.features
        .map(({ name }) => name)
        .join(', ')})
      SELECT gen_random_uuid(), timestamptz '2026-01-12 12:00Z' + make_interval(secs => i), i, CASE WHEN i % 2 = 0 THEN i + 1 END,
        ${PRODUCT_QUALITY_DATASET.features.map(() => '100').join(', ')}
      FROM generate_series(1, 300) i
    `);
    const predictions = (await laterFigures()).predictions!;
    expect(predictions).toMatchObject([{ dataset: 'product_quality', target: 'quality', task: 'regression' }]);
    const { points } = predictions[0]!;
    expect(points).toHaveLength(200);
    expect(points[0]).toEqual({ at: Date.UTC(2026, 0, 12, 12, 1, 41), predicted: 101, label: null });
    expect(points[199]).toEqual({ at: Date.UTC(2026, 0, 12, 12, 5), predicted: 300, label: 301 });
    expect(await text(LIVE)).toContain('mean error 1 on 100 labels');
  });

  it('shows classes where a model predicts those, also true and false', async () => {
    await app.get(DatasetsService, { strict: false }).register(GATE_OPEN);
    await postgres.query(`
      INSERT INTO gits.models (name, dataset, created_by) VALUES ('gate', 'gate_open', 'test');
      INSERT INTO gits.services (name, queue, dataset, model, alias) VALUES ('service_gate', 'queue_gate', 'gate_open', 'gate', 'champion');
      INSERT INTO data.gate_open_production (job_id, pressure, prediction, open)
      SELECT gen_random_uuid(), 1, CASE WHEN i < 3 THEN 'true' ELSE 'false' END, CASE WHEN i < 5 THEN i < 4 END FROM generate_series(1, 10) i
    `);
    await laterFigures();
    const html = await text(LIVE);
    expect(html).toContain('Classes of the newest 10 predictions of open');
    expect(html).toContain('75.0 % of 4 labels agree');
    expect(html).toContain('no model');
  });

  it('lists processes with what they serve', async () => {
    await postgres.query(
      `INSERT INTO gits.processes (id, role, host, pid, health_url, details) VALUES ('p', 'worker', 'plant', 4711, '', $1)`,
      [{ services: [{ service: 'service_a', model: 'm', version: 7 }], jobs: { finished: 8, failed: 1 }, rssMb: 150 }],
    );
    await laterFigures();
    const html = await text(LIVE);
    for (const shown of ['plant:4711', 'm v7', '150 MB', '1 worker'])
      expect(html.replaceAll('<!-- -->', '')).toContain(shown);
  });

  it('packs pages for those who can unpack them', async () => {
    const bytes = async (encoding: string) => {
      const answer = await get(LIVE, { ...KEY, 'accept-encoding': encoding });
      await answer.arrayBuffer();
      return [answer.headers.get('content-encoding'), Number(answer.headers.get('content-length'))] as const;
    };
    const [packing, packed] = await bytes('gzip');
    const [, plain] = await bytes('identity');
    expect(packing).toBe('gzip');
    expect(packed).toBeGreaterThan(0);
    expect(packed).toBeLessThan(plain / 3);
  });

  it('gives its files to everyone, for ever if the URL says which version', async () => {
    const html = await text(PAGE);
    const urls = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, asset]) => asset!);
    expect(urls).toHaveLength(4);
    for (const asset of urls) {
      const answer = await get(asset, {});
      expect([asset, answer.status]).toEqual([asset, 200]);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      const again = await get(asset.split('?')[0]!, { 'if-none-match': answer.headers.get('etag')! });
      expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'no-cache']);
    }
  });

  it.each(['/assets/none.css', '/assets/..%2flayout.js', '/assets/constructor', '/assets/layout.tsx'])(
    'has no asset at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('still renders, and says what is wrong, when the database is gone', async () => {
    await database.stop();
    await new Promise((done) => setTimeout(done, STALE_MS));
    const answer = await get(PAGE);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('The database does not answer.');
  });
});
