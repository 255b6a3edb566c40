import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GitsProcess } from '../support/gits-process.mjs';
import { Installation } from '../support/installation.js';
import { descendantsOf, runningProcesses, signal } from '../support/process-tree.mjs';
import { until } from '../support/until.js';

const JOBS = '/queue_manager/jobs';
const MESSAGE = { payload: { product_quality: [170, 280, 256, 256, 321, 469, 574, 535, 259, 258, 250] } };

type Counts = Record<'queued' | 'finished' | 'failed' | 'total', number>;

describe('roles as processes of their own', () => {
  let gits: Installation;
  const workers: GitsProcess[] = [];

  const worker = (...args: string[]) =>
    gits.run(['start', '--role', 'worker', '--batch-size', '8', '--batches-in-flight', '1', ...args]);
  const addressOf = (pid: number) =>
    until(`process ${pid} to be ready`, async () => {
      const [row] = await gits.rows<{ url: string }>('SELECT health_url AS url FROM gits.processes WHERE pid = $1', [
        pid,
      ]);
      return row !== undefined && (await fetch(`${row.url}/health/ready`)).ok && row.url;
    });
  const workerPid = async () =>
    (
      await gits.rows<{ pid: number }>(
        `SELECT pid FROM gits.processes WHERE role = 'worker' ORDER BY started_at DESC LIMIT 1`,
      )
    )[0]?.pid ?? 0;
  const counts = () => gits.get<Counts>(`${JOBS}/counts`);

  beforeAll(async () => {
    gits = await Installation.start({ GITS_WORKERS: '0', GITS_SOURCE_COUNT: '1' });
    await until('the first message', () => gits.value<number>('SELECT count(*) FROM gits.messages'));
  });

  afterAll(() => gits?.remove());

  it('keeps the web server out of the queues', async () => {
    const api = gits.run(['start', '--role', 'api', '--port', '0']);
    const url = await addressOf(api.pid);
    expect(await (await fetch(`${url}/queue_manager/`)).json()).toEqual({ message: 'This is the queue manager.' });
    await gits.expect('POST', JOBS, 202, { json: MESSAGE });
    await sleep(1500);
    expect(await counts()).toMatchObject({ queued: 1, finished: 0, failed: 0 });
    expect(await gits.value('SELECT count(*) FROM gits.messages')).toBe(2);
    const consumers = `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'gits consumer%'`;
    expect(await gits.value(consumers)).toBe(0);
    expect(await api.stop()).toBe(0);
  });

  it('refuses a second start in the same folder with code 4, and lets doctor look', async () => {
    const second = gits.run(['start'], { GITS_PORT: '0' });
    expect([await second.end(), second.output]).toEqual([
      4,
      expect.stringMatching(new RegExp(`in use by process ${gits.pid}`)),
    ]);
    const migrate = gits.run(['migrate']);
    expect(await migrate.end()).toBe(4);
    const doctor = gits.run(['doctor']);
    expect([await doctor.end(), doctor.output]).toEqual([
      0,
      expect.stringMatching(new RegExp(`running here \\(process ${gits.pid}\\).*all done.*Ready to run`, 's')),
    ]);
  });

  it('opens nothing but health, readiness and metrics for a worker', async () => {
    workers.push(worker());
    const url = await addressOf(workers[0]!.pid);
    const open = ['/health/live', '/health/ready', '/metrics'];
    for (const path of open) expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    const closed = [
      '/',
      '/login',
      '/docs',
      '/docs-json',
      '/queue_manager/',
      JOBS,
      '/ml_data_api/datasets',
      '/v2',
      '/dash_main_dashboard',
      '/assets/gits.css',
    ];
    for (const path of closed) expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
    await until('the waiting jobs', async () => (await counts()).finished === 2);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/gits_jobs_total\{.*status="finished".*\} 2/);
  });

  it('shares one queue between two workers, and loses nothing when one is stopped under load', async () => {
    workers.push(worker());
    await addressOf(workers[1]!.pid);
    const source = gits.run([
      'start',
      '--role',
      'data-source',
      '--source-run',
      'shared',
      '--source-count',
      '5000',
      '--rate',
      '750',
    ]);
    await until(
      'both to work',
      async () =>
        (await gits.value(
          "SELECT count(DISTINCT worker) FROM gits.jobs WHERE ended_at > now() - interval '2 seconds'",
        )) === 2,
    );
    await until('a part of the jobs', async () => (await counts()).finished > 1000);
    expect(source.ended).toBe(false);
    expect([await workers[0]!.stop(), workers[0]!.output]).toEqual([
      0,
      expect.stringMatching(/drained: \d+ jobs finished, 0 failed/),
    ]);
    expect(await source.end()).toBe(0);
    await until('every job', async () => (await counts()).finished === 5002);

    const shares = await gits.rows<{ worker: string; jobs: number; again: number }>(
      'SELECT worker, count(*) AS jobs, max(attempts)::integer AS again FROM gits.jobs GROUP BY worker',
    );
    expect(shares).toHaveLength(2);
    // Whatever the stopped worker held, it finished: nothing was delivered a second time.
    for (const share of shares) expect(share).toMatchObject({ again: 0 });
    expect(Math.min(...shares.map(({ jobs }) => jobs))).toBeGreaterThan(300);
    expect(Number(/drained: (\d+) jobs/.exec(workers[0]!.output)?.[1])).toBe(
      shares.find(({ worker: id }) => id.endsWith(`-${workers[0]!.pid}`))?.jobs,
    );
    expect(await gits.value('SELECT count(*) FROM data.product_quality_production')).toBe(5002);
  });

  it('serves only the services it is told to, and says when there is none of the name', async () => {
    const choosy = worker('--service', 'service_of_nobody');
    const url = await until('its address', async () => {
      const [row] = await gits.rows<{ url: string }>('SELECT health_url AS url FROM gits.processes WHERE pid = $1', [
        choosy.pid,
      ]);
      return row?.url;
    });
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      expect.objectContaining({
        checks: expect.objectContaining({ services: expect.stringContaining('service_of_nobody') }),
      }),
    ]);
    expect(await choosy.stop()).toBe(0);
  });

  it('goes on after kill -9 of everything, with its data whole and the stale locks cleared', async () => {
    const source = gits.run([
      'start',
      '--role',
      'data-source',
      '--source-run',
      'cut off',
      '--source-count',
      '2000',
      '--rate',
      '500',
    ]);
    const before = (await counts()).finished;
    await until('messages to flow', async () => (await counts()).finished > before + 200);
    for (const each of [...workers, source]) await each.kill();
    expect(await gits.kill()).toBeGreaterThan(8);
    expect(await readFile(join(gits.dataDir, 'gits.lock'), 'utf8')).toContain(String(gits.pid));
    expect(await readFile(join(gits.dataDir, 'postgres', 'postmaster.pid'), 'utf8')).toMatch(/^\d+/);
    const doctor = gits.run(['doctor'], { GITS_PORT: '0' });
    expect([await doctor.end(), doctor.output]).toEqual([0, expect.stringMatching(/embedded, not running/)]);

    await gits.restart({ GITS_WORKERS: '1', GITS_SOURCE_COUNT: '1' });
    expect((await counts()).finished).toBeGreaterThan(before + 200);
    const again = gits.run([
      'start',
      '--role',
      'data-source',
      '--source-run',
      'cut off',
      '--source-count',
      '2000',
      '--rate',
      'max',
    ]);
    expect([await again.end(), again.output]).toEqual([0, expect.stringMatching(/from row \d{3,4} on/)]);
    await until('every job', async () => (await counts()).finished === before + 2000);
    expect(await gits.value('SELECT count(*) FROM data.product_quality_production')).toBe(before + 2000);
    expect(await gits.value('SELECT count(*) FROM gits.jobs')).toBe(before + 2000);
    expect(await gits.value('SELECT count(*) FROM data.product_quality_training WHERE job_id IS NULL')).toBe(20_000);
  });

  it('starts a killed worker or engine again by itself', async () => {
    const engineOf = (pid: number) =>
      descendantsOf(pid).find(({ command }) => command.includes('engine-process'))?.pid ?? 0;
    const score = async () => {
      const { id } = await gits.expect<{ id: string }>('POST', JOBS, 202, { json: MESSAGE });
      return until('the job', async () => {
        const { last_status } = await gits.get<{ last_status: string }>(`${JOBS}/${id}`);
        return last_status !== 'queued' && last_status;
      });
    };
    const first = await workerPid();
    expect(descendantsOf(gits.pid).map(({ pid }) => pid)).toContain(first);
    signal(engineOf(first), 'SIGKILL');
    expect(await score()).toBe('finished');
    expect(await workerPid()).toBe(first);

    signal(first, 'SIGKILL');
    expect(await score()).toBe('finished');
    const second = await workerPid();
    expect(second).not.toBe(first);
    expect(gits.output).toMatch(/worker ended with SIGKILL; it starts again in 0\.5 s/);
  });

  it('ends with code 0 and leaves nothing behind, also when it is stopped while a role is just starting', async () => {
    const roles = () => descendantsOf(gits.pid).filter(({ command }) => command.endsWith('main.js start'));
    const before = roles().map(({ pid }) => pid);
    signal(await workerPid(), 'SIGKILL');
    await until('the next worker to start', async () => roles().some(({ pid }) => !before.includes(pid)));
    const processes = descendantsOf(gits.pid);
    expect(await gits.stop()).toBe(0);
    const left = new Set(runningProcesses().map(({ pid }) => pid));
    expect(processes.filter(({ pid }) => left.has(pid))).toEqual([]);
  });
});
