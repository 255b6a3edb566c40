import { v7 as uuid } from 'uuid';
import type { Job } from '../../../src/jobs/job.js';
import type { JobOutcome, JobOutcomes, JobStore } from '../../../src/jobs/job-store.js';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 12, 9, 0, 0);

/** The promises of the job store, held against one adapter. */
export function describeJobStore(setup: () => Promise<JobStore>): void {
  let store: JobStore;
  let service = '';
  let number = 0;
  beforeAll(async () => {
    store = await setup();
  });
  beforeEach(() => {
    service = `service_${(number += 1)}`;
  });

  const queued = (change: Partial<Job> = {}): Job => ({
    id: uuid(),
    service,
    routingKey: 'queue',
    status: 'queued',
    payload: '{"product_quality":[1,2]}',
    result: '[]',
    message: 'Waiting for a worker.',
    worker: null,
    model: null,
    modelVersion: null,
    attempts: 0,
    queuedAt: T0,
    startedAt: null,
    endedAt: null,
    ...change,
  });
  const outcome = (change: Partial<JobOutcome> = {}): JobOutcome => ({
    id: uuid(),
    status: 'finished',
    payload: '{"product_quality":[1,2]}',
    result: '[{"quality":366.9}]',
    message: 'Results calculated successfully.',
    attempts: 0,
    queuedAt: T0,
    ...change,
  });
  const batch = (jobs: JobOutcome[], change: Partial<JobOutcomes> = {}): JobOutcomes => ({
    service,
    routingKey: 'queue',
    worker: 'worker-1',
    model: 'model',
    modelVersion: 2,
    startedAt: T0 + 1000,
    endedAt: T0 + 1500.25,
    jobs,
    ...change,
  });

  it('gives a recorded job back as it was', async () => {
    const job = outcome({ payload: '{"a": "Ünïcode \\u0000 \\"x\\""}', attempts: 2 });
    expect(await store.record(batch([job]))).toEqual(new Set());
    expect(await store.find(job.id)).toEqual({
      ...job,
      service,
      routingKey: 'queue',
      worker: 'worker-1',
      model: 'model',
      modelVersion: 2,
      startedAt: T0 + 1000,
      endedAt: T0 + 1500.25,
    });
    expect(await store.find(uuid())).toBeNull();
  });

  it('ends a queued job and keeps its payload', async () => {
    const job = queued({ payload: '{"mine":1}' });
    await store.create([job]);
    await store.record(batch([outcome({ id: job.id })]));
    expect(await store.find(job.id)).toMatchObject({ status: 'finished', payload: '{"mine":1}', worker: 'worker-1' });
  });

  it('leaves a job that has ended as it is, and says so', async () => {
    const [first, second] = [outcome(), outcome()];
    await store.record(batch([first]));
    const known = await store.record(batch([{ ...first, status: 'failed' }, second], { worker: 'worker-2' }));
    expect(known).toEqual(new Set([first.id]));
    expect(await store.find(first.id)).toMatchObject({ status: 'finished', worker: 'worker-1' });
    expect(await store.find(second.id)).toMatchObject({ worker: 'worker-2' });
  });

  it('does not create a job a second time', async () => {
    const job = queued();
    await store.create([job]);
    await store.record(batch([outcome({ id: job.id })]));
    await store.create([job]);
    expect(await store.find(job.id)).toMatchObject({ status: 'finished' });
  });

  it('changes a status only from the one that is expected', async () => {
    const job = queued();
    await store.create([job]);
    expect(await store.transition(job.id, 'failed', 'queued', 'no')).toBe(false);
    expect(await store.transition(job.id, 'queued', 'cancelled', 'Cancelled.')).toBe(true);
    expect(await store.transition(job.id, 'queued', 'cancelled', 'again')).toBe(false);
    expect(await store.find(job.id)).toMatchObject({ status: 'cancelled', message: 'Cancelled.' });
    expect(await store.record(batch([outcome({ id: job.id })]))).toEqual(new Set([job.id]));
    expect(await store.find(job.id)).toMatchObject({ status: 'cancelled' });
  });

  it('deletes jobs that have ended, and only those', async () => {
    const [waiting, ended] = [queued(), outcome()];
    await store.create([waiting]);
    await store.record(batch([ended]));
    expect(await store.delete(waiting.id)).toBe(false);
    expect(await store.delete(ended.id)).toBe(true);
    expect(await store.delete(ended.id)).toBe(false);
    expect(await store.find(ended.id)).toBeNull();
  });

  it('lists newest first and walks through all pages without a gap or a repeat', async () => {
    // Several jobs of one moment, so that the time alone does not tell where a page ended.
    const jobs = Array.from({ length: 47 }, (_, index) => outcome({ queuedAt: T0 + Math.floor(index / 10) * 1000 }));
    await store.record(batch(jobs));
    const seen: Job[] = [];
    for (;;) {
      const page = await store.list({ service }, 5, seen.at(-1));
      seen.push(...page);
      if (page.length < 5) break;
    }
    expect(seen.map((job) => job.id).sort()).toEqual(jobs.map((job) => job.id).sort());
    const times = seen.map((job) => job.queuedAt);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('filters by status, service and time, the end of the time left out', async () => {
    await store.create([queued({ queuedAt: T0 })]);
    await store.record(batch([outcome({ status: 'failed', queuedAt: T0 + 1 }), outcome({ queuedAt: T0 + 2 })]));
    const statuses = async (filter: object) => (await store.list({ service, ...filter }, 10)).map((job) => job.status);
    expect(await statuses({})).toEqual(['finished', 'failed', 'queued']);
    expect(await statuses({ status: 'failed' })).toEqual(['failed']);
    expect(await statuses({ status: 'queued' })).toEqual(['queued']);
    expect(await statuses({ from: T0 + 1, to: T0 + 2 })).toEqual(['failed']);
    expect(await statuses({ service: 'nobody' })).toEqual([]);
  });

  it('keeps the counts true through every change', async () => {
    const waiting = [queued(), queued(), queued()];
    await store.create(waiting);
    expect(await store.counts({ service })).toEqual({ queued: 3, finished: 0, failed: 0, cancelled: 0 });
    const extra = outcome({ status: 'failed' });
    await store.record(batch([outcome({ id: waiting[0]!.id }), extra]));
    await store.record(batch([outcome({ id: waiting[0]!.id }), extra]));
    expect(await store.counts({ service })).toEqual({ queued: 2, finished: 1, failed: 1, cancelled: 0 });
    await store.transition(waiting[1]!.id, 'queued', 'cancelled', '');
    await store.transition(extra.id, 'failed', 'queued', '');
    expect(await store.counts({ service })).toEqual({ queued: 2, finished: 1, failed: 0, cancelled: 1 });
    await store.delete(waiting[0]!.id);
    expect(await store.counts({ service })).toEqual({ queued: 2, finished: 0, failed: 0, cancelled: 1 });
    const all = await store.counts({});
    expect(all.queued).toBeGreaterThanOrEqual(2);
  });

  it('counts by the minute in which a job ended', async () => {
    await store.record(batch([outcome(), outcome()], { endedAt: T0 + 10_000 }));
    await store.record(batch([outcome({ status: 'failed' })], { endedAt: T0 + MINUTE }));
    await store.record(batch([outcome()], { endedAt: T0 - 10 * MINUTE }));
    expect(await store.countsPerMinute(T0, { service })).toEqual([
      { minute: T0, status: 'finished', jobs: 2 },
      { minute: T0 + MINUTE, status: 'failed', jobs: 1 },
    ]);
  });

  it('sums up the latency of the newest finished jobs', async () => {
    const now = Date.now();
    await store.record(batch([outcome({ queuedAt: now })], { startedAt: now + 5, endedAt: now + 8 }));
    const latency = await store.latency();
    expect(latency.jobs).toBeGreaterThan(0);
    expect(latency.p50).not.toBeNull();
    expect(latency.p99!).toBeGreaterThanOrEqual(latency.p50!);
  });
}
