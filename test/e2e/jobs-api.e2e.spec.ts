import type { JobDocument } from '../../src/jobs/job.js';
import { RoasterSimulator } from '../../src/simulator/roaster-simulator.js';
import { Installation } from '../support/installation.js';
import { until } from '../support/until.js';

const SERVICE = 'service_product_quality_A';
const JOBS = '/queue_manager/jobs';

interface Submitted {
  id: string;
  service: string;
  last_status: string;
}

interface Page {
  jobs: JobDocument[];
  next_cursor: string | null;
}

interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; message: string }[];
}

describe('the jobs API', () => {
  const simulator = new RoasterSimulator({ seed: 21 });
  let gits: Installation;

  const message = () => ({ payload: { product_quality: simulator.next().features } });
  const submit = (json: unknown, headers: Record<string, string> = {}) =>
    gits.call<Submitted>('POST', JOBS, { json, headers });
  const job = (id: string) => gits.get<JobDocument>(`${JOBS}/${id}`);
  const ended = (id: string) =>
    until(`the end of job ${id}`, async () => {
      const found = await job(id);
      return found.last_status !== 'queued' && found;
    });
  const enable = async (enabled: boolean) => {
    const before = gits.output.length;
    await gits.expect('PATCH', `/queue_manager/services/${SERVICE}`, 200, { json: { enabled } });
    const words = enabled ? `serves ${SERVICE}: queue` : `no longer serves ${SERVICE}`;
    await until('the worker to follow', async () => gits.output.slice(before).includes(words));
  };

  beforeAll(async () => {
    gits = await Installation.start({ GITS_SOURCE_COUNT: '1', GITS_MAX_BODY_BYTES: '200000' });
    await until('the first job', async () => (await gits.get<{ finished: number }>(`${JOBS}/counts`)).finished);
  });

  afterAll(() => gits?.remove());

  it('queues one message, or a list in order, and answers 202', async () => {
    const one = await submit(message());
    expect(one).toMatchObject({ status: 202, body: { service: SERVICE, last_status: 'queued' } });
    const many = await gits.expect<Submitted[]>('POST', JOBS, 202, {
      json: [message(), { ...message(), service: SERVICE }, message()],
    });
    expect(many.map(({ service }) => service)).toEqual([SERVICE, SERVICE, SERVICE]);
    const done = await Promise.all([one.body, ...many].map(({ id }) => ended(id)));
    expect(done.map(({ last_status }) => last_status)).toEqual(['finished', 'finished', 'finished', 'finished']);
  });

  it('gives the first answer again for the same Idempotency-Key, and refuses the key for another body', async () => {
    const body = message();
    const key = { 'idempotency-key': 'shift-7-batch-3' };
    const first = await submit(body, key);
    const again = await submit(body, key);
    expect(again).toMatchObject({ status: 202, body: first.body });
    expect(await submit(message(), key)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    const twins = await Promise.all(
      Array.from({ length: 5 }, () => submit(body, { 'idempotency-key': 'all at once' })),
    );
    expect(new Set(twins.map((twin) => twin.body.id)).size).toBe(1);
    expect(twins[0]!.body.id).not.toBe(first.body.id);
    await ended(first.body.id);
  });

  it('cancels a job that waits, and no other', async () => {
    await enable(false);
    const [cancelled, kept] = [(await submit(message())).body.id, (await submit(message())).body.id];
    expect(await gits.expect('POST', `${JOBS}/${cancelled}/cancel`, 200)).toMatchObject({
      id: cancelled,
      last_status: 'cancelled',
    });
    expect(await gits.call('POST', `${JOBS}/${cancelled}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'job-not-waiting' },
    });
    expect(await gits.call('DELETE', `${JOBS}/${kept}`)).toMatchObject({ status: 409, body: { code: 'job-waiting' } });
    await enable(true);
    expect(await ended(kept)).toMatchObject({ last_status: 'finished' });
    expect(await job(cancelled)).toMatchObject({
      last_status: 'cancelled',
      result: [],
      metadata: { model: null, start_date: null },
    });
    expect(
      await gits.value('SELECT count(*) FROM data.product_quality_production WHERE job_id = $1', [cancelled]),
    ).toBe(0);
    expect(await gits.call('POST', `${JOBS}/${kept}/cancel`)).toMatchObject({ status: 409 });
  });

  it('deletes the record of a job that has ended and keeps its production row', async () => {
    const { id } = (await submit(message())).body;
    await ended(id);
    const before = await gits.get<{ total: number }>(`${JOBS}/counts`);
    await gits.expect('DELETE', `${JOBS}/${id}`, 204);
    expect(await gits.call('GET', `${JOBS}/${id}`)).toMatchObject({ status: 404, body: { code: 'job-not-found' } });
    expect(await gits.call('DELETE', `${JOBS}/${id}`)).toMatchObject({ status: 404 });
    expect((await gits.get<{ total: number }>(`${JOBS}/counts`)).total).toBe(before.total - 1);
    expect(await gits.value('SELECT count(*) FROM data.product_quality_production WHERE job_id = $1', [id])).toBe(1);
  });

  it('fails a bad message into the dead letters and scores it on replay once the dataset allows it', async () => {
    const hot = simulator.next().features.with(2, 1150);
    const { id } = (await submit({ payload: { product_quality: hot } })).body;
    const reason = 't_data_1_2 must be a number from 0 to 1100, but is 1150';
    expect(await ended(id)).toMatchObject({ last_status: 'failed', message: reason, result: [] });
    const letters = () =>
      gits.get<{ id: string; reason: string; body: string; queue: string }[]>('/queue_manager/dead_letters');
    const letter = (await letters()).find((each) => each.id === id);
    expect(letter).toMatchObject({ reason, queue: 'gits_product_quality_A' });
    expect(JSON.parse(letter!.body)).toEqual({ product_quality: hot });

    await gits.expect('POST', `${JOBS}/${id}/replay`, 202);
    expect(await until('the same failure', async () => (await letters()).find((each) => each.id === id))).toMatchObject(
      { reason },
    );

    const change = { columns: [{ name: 't_data_1_2', maximum: 1200 }] };
    await gits.expect('PATCH', '/ml_data_api/datasets/product_quality', 200, {
      json: change,
      headers: { 'if-match': '*' },
    });
    await until('the replay to be scored by the wider range', async () => {
      if ((await ended(id)).last_status === 'failed') await gits.expect('POST', `${JOBS}/${id}/replay`, 202);
      return (await ended(id)).last_status === 'finished';
    });
    expect((await letters()).map((each) => each.id)).not.toContain(id);
    expect(await gits.value('SELECT count(*) FROM data.product_quality_production WHERE job_id = $1', [id])).toBe(1);
    expect(await gits.call('POST', `${JOBS}/${id}/replay`)).toMatchObject({
      status: 409,
      body: { code: 'job-not-failed' },
    });
  });

  it('walks through the pages without a gap or a job twice, while new jobs come in', async () => {
    await gits.expect('POST', JOBS, 202, { json: Array.from({ length: 500 }, message) });
    const known = (await gits.rows<{ id: string }>('SELECT id FROM gits.jobs ORDER BY queued_at DESC, id DESC')).map(
      ({ id }) => id,
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: Page = await gits.get<Page>(`${JOBS}?limit=90${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.jobs.map(({ id }) => id));
      cursor = page.next_cursor;
      pages += 1;
      await submit(message());
    } while (cursor !== null);
    expect(pages).toBeGreaterThan(5);
    expect(seen).toEqual(known);
  });

  it('filters by status, service and time', async () => {
    const list = async (query: string) => (await gits.get<Page>(`${JOBS}?limit=1000&${query}`)).jobs;
    expect(new Set((await list('last_status=cancelled')).map((each) => each.last_status))).toEqual(
      new Set(['cancelled']),
    );
    expect(await list('service=nobody')).toEqual([]);
    const all = await list(`service=${SERVICE}`);
    const middle = all[Math.floor(all.length / 2)]!.metadata.queued_date;
    const newer = await list(`from=${middle}`);
    const older = await list(`to=${middle}`);
    expect(newer.length).toBeGreaterThan(0);
    expect(older.length).toBeGreaterThan(0);
    expect(newer.every((each) => each.metadata.queued_date >= middle)).toBe(true);
    expect(older.every((each) => each.metadata.queued_date < middle)).toBe(true);
    const total = await gits.value<number>('SELECT count(*) FROM gits.jobs');
    expect(newer.length + older.length).toBe(total);
  });

  it.each<[what: string, method: string, path: string, body: unknown, pointer: string | undefined, text: RegExp]>([
    ['a payload that is a text', 'POST', JOBS, { payload: 'hot' }, '/0/payload', /payload must be an object.*"hot"/],
    ['no payload', 'POST', JOBS, {}, '/0/payload', /payload must be an object/],
    [
      'a wrong entry of a list',
      'POST',
      JOBS,
      [{ payload: { product_quality: [] } }, { payload: 3 }],
      '/1/payload',
      /payload must be an object/,
    ],
    [
      'an unknown service',
      'POST',
      JOBS,
      { payload: { product_quality: [] }, service: 'nobody' },
      '/0/service',
      /service_product_quality_A.*"nobody"/,
    ],
    ['a payload key that no service reads', 'POST', JOBS, { payload: { coffee: [] } }, '/0/payload', /keys are coffee/],
    ['an unknown field', 'POST', JOBS, { payload: { product_quality: [] }, priority: 1 }, '/0/priority', /priority/],
    ['an empty list', 'POST', JOBS, [], undefined, /1 to 10000 entries, but has 0/],
    [
      'a limit that is no number',
      'GET',
      `${JOBS}?limit=many`,
      undefined,
      '/limit',
      /limit must be a whole number, but is "many"/,
    ],
    [
      'a limit that is too large',
      'GET',
      `${JOBS}?limit=5000`,
      undefined,
      '/limit',
      /limit must not be greater than 1000, but is 5000/,
    ],
    [
      'an unknown status',
      'GET',
      `${JOBS}?last_status=done`,
      undefined,
      '/last_status',
      /queued, finished, failed, cancelled, but is "done"/,
    ],
    ['a time that is none', 'GET', `${JOBS}?from=yesterday`, undefined, '/from', /ISO 8601.*"yesterday"/],
    ['a cursor of somebody else', 'GET', `${JOBS}?cursor=abc`, undefined, undefined, /cursor must be the next_cursor/],
    ['an unknown parameter', 'GET', `${JOBS}?status=failed`, undefined, '/status', /status/],
    ['an id that is no UUID', 'GET', `${JOBS}/4711`, undefined, undefined, /uuid/i],
  ])('answers %s with problem+json that names the field', async (_, method, path, json, pointer, text) => {
    const { status, headers, body } = await gits.call<Problem>(method, path, { json });
    expect([status, headers.get('content-type')]).toEqual([400, expect.stringContaining('application/problem+json')]);
    expect(body).toMatchObject({
      status: 400,
      type: `urn:gits:problem:${body.code}`,
      detail: expect.stringMatching(text),
    });
    expect([...new Set(body.errors?.map((error) => error.pointer))]).toEqual(pointer === undefined ? [] : [pointer]);
  });

  it('answers broken JSON, a body that is too large and an unknown path as problems too', async () => {
    const post = (text: string) =>
      gits.call<Problem>('POST', JOBS, { bytes: Buffer.from(text), headers: { 'content-type': 'application/json' } });
    expect(await post('{"payload":')).toMatchObject({ status: 400, body: { status: 400 } });
    expect(await post(`"${'x'.repeat(250_000)}"`)).toMatchObject({ status: 413, body: { status: 413 } });
    const nowhere = await gits.call<Problem>('GET', '/queue_manager/nothing');
    expect(nowhere).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(nowhere.headers.get('content-type')).toContain('application/problem+json');
  });

  it('keeps messages of any shape that come through the queue as failed jobs', async () => {
    const bodies = [
      'not json at all',
      '[]',
      'null',
      '{"product_quality":{"h_data":1}}',
      '{"product_quality":[1,2]}',
      '{"x":1}',
      '"\\u0000"',
    ];
    const ids = bodies.map((_, index) => `01900000-0000-7000-8000-00000000000${index}`);
    await gits.rows(
      `WITH sent AS (INSERT INTO gits.messages (id, queue, body) SELECT id, 'gits_product_quality_A', body
         FROM unnest($1::uuid[], $2::text[]) AS m (id, body))
       SELECT pg_notify('gits_messages', 'gits_product_quality_A')`,
      [ids, bodies],
    );
    for (const [index, id] of ids.entries()) {
      const failed = await until(`a job for ${bodies[index]}`, async () => {
        const { status, body } = await gits.call<JobDocument>('GET', `${JOBS}/${id}`);
        return status === 200 && body;
      });
      expect([bodies[index], failed.last_status, failed.message]).toEqual([
        bodies[index],
        'failed',
        expect.stringMatching(/must be .*but is/),
      ]);
    }
  });
});
