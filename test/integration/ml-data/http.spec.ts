import { gunzipSync, gzipSync } from 'node:zlib';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../../src/config/config.module.js';
import { Environment } from '../../../src/config/environment.js';
import type { DatasetColumnDto } from '../../../src/datasets/dto/dataset.dto.js';
import { MlDataModule } from '../../../src/ml-data/ml-data.module.js';
import { registerImportParsers } from '../../../src/ml-data/register-import-parsers.js';
import { ProblemFilter } from '../../../src/platform/http/problem.filter.js';
import { createValidationPipe } from '../../../src/platform/http/validation.js';
import { PostgresModule } from '../../../src/platform/postgres/postgres.module.js';
import { send } from './http-client.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';

const JOB = '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11';
const ATTACKS = [
  `x"; DROP TABLE gits.datasets; --`,
  `'; DROP TABLE gits.datasets; --`,
  '../../etc/passwd',
  '__proto__',
  'a\0b',
  '%00',
];

const number = (name: string, change: Partial<DatasetColumnDto> = {}) => ({
  name,
  type: 'number',
  minimum: 0,
  maximum: 300,
  ...change,
});

function definition(name: string, change: object = {}) {
  return {
    name,
    task: 'regression',
    features: [number('H_data'), number('t', { nullable: true })],
    target: number('quality'),
    ...change,
  };
}

describe('/ml_data_api', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let url: string;
  beforeAll(async () => {
    database = await startTestDatabase();
    const module = await Test.createTestingModule({
      imports: [ConfigModule.with(Environment.read({})), PostgresModule.forUrl(database.url, 'test', 6), MlDataModule],
    }).compile();
    const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
    app = module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
    app.useGlobalPipes(createValidationPipe());
    app.useGlobalFilters(new ProblemFilter());
    await registerImportParsers(adapter.getInstance());
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    expect((await call('POST', '', definition('roaster'))).statusCode).toBe(201);
  });
  afterAll(async () => {
    await app.close();
    await database.stop();
  });

  function call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) {
    return send(`${url}/ml_data_api/datasets${path}`, method, body, headers);
  }

  async function datasetNames(): Promise<string[]> {
    return ((await call('GET', '')).json as unknown as { name: string }[]).map(({ name }) => name);
  }

  it('registers, lists, reads, widens and deletes datasets', async () => {
    const made = await call('POST', '', definition('lifecycle'));
    expect(made).toMatchObject({ statusCode: 201, headers: { location: '/ml_data_api/datasets/lifecycle' } });
    expect(made.json).toMatchObject({ name: 'lifecycle', payloadKey: 'lifecycle', description: '', timeColumns: [] });
    expect((await call('POST', '', definition('lifecycle'))).statusCode).toBe(200);
    expect((await call('POST', '', definition('lifecycle', { description: 'x' }))).json).toMatchObject({
      status: 409,
      code: 'dataset-exists',
    });
    expect(await datasetNames()).toEqual(['lifecycle', 'roaster']);
    const { etag } = (await call('GET', '/lifecycle')).headers;
    expect((await call('PATCH', '/lifecycle', { description: 'x' })).statusCode).toBe(428);
    const change = { columns: [{ name: 'H_data', maximum: null }], addFeatures: [number('new', { nullable: true })] };
    const changed = await call('PATCH', '/lifecycle', change, { 'if-match': String(etag) });
    expect(changed).toMatchObject({
      statusCode: 200,
      json: { features: [{ name: 'H_data', minimum: 0 }, { name: 't' }, { name: 'new' }] },
    });
    expect((await call('PATCH', '/lifecycle', { description: 'x' }, { 'if-match': String(etag) })).statusCode).toBe(
      412,
    );
    expect((await call('DELETE', '/lifecycle')).statusCode).toBe(400);
    expect((await call('DELETE', '/lifecycle?confirm=lifecycle')).statusCode).toBe(204);
    expect((await call('GET', '/lifecycle')).json).toMatchObject({ status: 404, code: 'dataset-not-found' });
  });

  it.each(ATTACKS)('answers %j as a name with a problem, and nothing breaks', async (attack) => {
    const path = encodeURIComponent(attack);
    expect([400, 404]).toContain((await call('GET', `/${path}`)).statusCode);
    expect([400, 404]).toContain((await call('GET', `/roaster/${path}/rows`)).statusCode);
    expect([400, 404]).toContain((await call('GET', `/roaster/training/rows/${path}`)).statusCode);
    expect([400, 404]).toContain((await call('GET', `/roaster/production/rows/${path}`)).statusCode);
    for (const query of ['columns', 'from', 'cursor', 'order', 'limit', 'nonsense']) {
      expect((await call('GET', `/roaster/training/rows?${query}=${path}`)).statusCode).toBe(400);
    }
    expect((await call('POST', '', definition(attack))).statusCode).toBe(400);
    expect((await call('POST', '', definition('attacked', { features: [number(attack)] }))).statusCode).toBe(400);
    expect(
      (await call('POST', '/roaster/training/rows', [{ H_data: 1, quality: 1, [`x${attack}`]: 1 }])).statusCode,
    ).toBe(400);
    expect(await datasetNames()).toEqual(['roaster']);
  });

  it('refuses a definition whose parts have wrong types, naming them', async () => {
    for (const change of [
      { features: 'x' },
      { features: [7] },
      { target: null },
      { task: 'x' },
      { extra: 1 },
      { timeColumns: [1] },
    ]) {
      const answer = await call('POST', '', definition('broken', change));
      expect(answer).toMatchObject({ statusCode: 400, json: { code: 'invalid-request' } });
    }
  });

  it('adds, reads, changes and deletes rows', async () => {
    await call('POST', '', definition('rows'));
    const rows = [
      { H_data: 1, quality: 2, date_time: '2026-01-31T08:30:00Z' },
      { H_data: 3, t: 5, quality: 4, date_time: '2026-01-31' },
    ];
    const added = await call('POST', '/rows/training/rows', rows);
    expect(added).toMatchObject({ statusCode: 201, json: { inserted: 2, duplicates: 0, ids: [1, 2] } });
    const read = await call('GET', '/rows/training/rows/1');
    expect(read.json).toEqual({
      row_id: 1,
      job_id: null,
      date_time: '2026-01-31T08:30:00.000Z',
      H_data: 1,
      t: null,
      quality: 2,
    });
    const etag = String(read.headers.etag);
    expect((await call('PATCH', '/rows/training/rows/1', { t: 7 }, { 'if-match': etag })).json).toMatchObject({ t: 7 });
    expect((await call('PATCH', '/rows/training/rows/1', { t: 8 }, { 'if-match': etag })).statusCode).toBe(412);
    expect((await call('PATCH', '/rows/training/rows/1', { H_data: 4711 })).json.errors).toEqual([
      { pointer: '/H_data', message: 'must be a number from 0 to 300, but is 4711' },
    ]);
    expect((await call('GET', '/rows/counts')).json).toEqual({
      dataset: 'rows',
      training: 2,
      testing: 0,
      production: 0,
      labelled: 0,
    });
    expect((await call('DELETE', '/rows/training/rows/1')).statusCode).toBe(204);
    expect((await call('DELETE', '/rows/training/rows/1')).statusCode).toBe(404);
    expect((await call('POST', '/rows/training/rows', [{ H_data: 1 }])).json).toMatchObject({
      status: 400,
      code: 'invalid-rows',
    });
    expect((await call('GET', '/rows/counts')).json).toMatchObject({ training: 1 });
  });

  it('adds rows once when a request with an Idempotency-Key is sent again', async () => {
    await call('POST', '', definition('idempotent'));
    const send = (H_data: number) =>
      call('POST', '/idempotent/training/rows', { H_data, quality: 1 }, { 'idempotency-key': 'k1' });
    expect((await send(1)).json).toMatchObject({ inserted: 1, ids: [1] });
    expect((await send(1)).json).toMatchObject({ inserted: 1, ids: [1] });
    expect((await send(2)).statusCode).toBe(422);
    expect((await call('GET', '/idempotent/counts')).json).toMatchObject({ training: 1 });
  });

  it.each(['asc', 'desc'])('pages through rows %s, each once, also where many have the same time', async (order) => {
    const name = `pages_${order}`;
    await call('POST', '', definition(name));
    const rows = Array.from({ length: 50 }, (_, index) => ({
      H_data: index,
      quality: 1,
      date_time: 1_769_848_200_000 + (index >> 4),
    }));
    for (const split of ['training', 'production']) {
      await call('POST', `/${name}/${split}/rows`, rows);
      const seen: number[] = [];
      const times: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const path = `/${name}/${split}/rows?order=${order}&limit=7&columns=H_data,date_time${cursor === '' ? '' : `&cursor=${cursor}`}`;
        const { json } = await call('GET', path);
        expect(json.rows.length).toBeLessThanOrEqual(7);
        seen.push(...json.rows.map((row) => Number(row['H_data'])));
        times.push(...json.rows.map((row) => String(row['date_time'])));
        cursor = json.next_cursor;
      }
      expect([...seen].sort((a, b) => a - b)).toEqual(rows.map((row) => row.H_data));
      expect(times).toEqual([...times].sort((a, b) => (order === 'asc' ? 1 : -1) * (Date.parse(a) - Date.parse(b))));
    }
    const range = await call('GET', `/${name}/training/rows?from=2026-01-31T08:30:00.001Z&to=2026-01-31T08:30:00.002Z`);
    expect(range.json.rows).toHaveLength(16);
    expect((await call('GET', `/${name}/training/rows?limit=10001`)).statusCode).toBe(400);
    const training = (await call('GET', `/${name}/training/rows?limit=1&order=${order}`)).json.next_cursor;
    expect((await call('GET', `/${name}/production/rows?order=${order}&cursor=${training}`)).statusCode).toBe(400);
  });

  it('lets only the label of a production row change', async () => {
    await call('POST', '', definition('fixed'));
    await call('POST', '/fixed/production/rows', { job_id: JOB, H_data: 1, prediction: 2 });
    expect((await call('PATCH', `/fixed/production/rows/${JOB}`, { H_data: 2 })).statusCode).toBe(400);
    const labelled = await call('PATCH', `/fixed/production/rows/${JOB}`, { quality: 5 });
    expect(labelled.json).toMatchObject({ quality: 5, labeled_at: expect.any(String) });
    expect((await call('GET', '/fixed/counts')).json).toMatchObject({ production: 1, labelled: 1 });
    expect((await call('PATCH', `/fixed/production/rows/${JOB}`, { quality: null })).json).toMatchObject({
      quality: null,
      labeled_at: null,
    });
    expect((await call('DELETE', `/fixed/production/rows/${JOB.toUpperCase()}`)).statusCode).toBe(204);
    expect((await call('GET', '/fixed/counts')).json).toMatchObject({ production: 0, labelled: 0 });
  });

  it('labels production rows by job or time', async () => {
    await call('POST', '', definition('labelled'));
    await call('POST', '/labelled/production/rows', {
      job_id: JOB,
      H_data: 1,
      prediction: 2,
      date_time: '2026-01-31T08:30:00Z',
    });
    expect((await call('POST', '/labelled/labels', [{ job_id: JOB, label: 3 }])).json).toEqual({
      updated: 1,
      unchanged: 0,
      unknown: [],
    });
    const near = [{ date_time: '2026-01-31T08:30:01Z', label: 4 }];
    expect((await call('POST', '/labelled/labels', near)).json).toMatchObject({
      updated: 0,
      unknown: [{ date_time: '2026-01-31T08:30:01.000Z' }],
    });
    expect((await call('POST', '/labelled/labels?toleranceSeconds=1', near)).json).toMatchObject({ updated: 1 });
    expect((await call('POST', '/labelled/labels?toleranceSeconds=-1', near)).statusCode).toBe(400);
    expect((await call('POST', '/labelled/labels', [{ job_id: JOB, label: 'x' }])).json).toMatchObject({
      code: 'invalid-labels',
    });
  });

  it('imports files as bodies and forms, packed or not, and exports them', async () => {
    await call('POST', '', definition('files'));
    const csv = 'H,quality,more\n1,2,x\n3,4,y\n';
    const load = (body: string | Buffer, headers: Record<string, string>, query = '?map=H_data=H') =>
      call('POST', `/files/training/import${query}`, body, headers);
    expect(await load(csv, { 'content-type': 'text/csv' })).toMatchObject({
      statusCode: 200,
      json: { rows: 2, columns: { ignored: ['more'] } },
    });
    expect((await load(gzipSync(csv), { 'content-type': 'text/csv', 'content-encoding': 'gzip' })).json).toMatchObject({
      rows: 2,
    });
    expect(
      (await load(gzipSync(csv), { 'content-type': 'application/gzip' }, '?map=H_data=H&format=csv')).json,
    ).toMatchObject({ rows: 2 });
    expect(
      (await load('{"H_data":1,"quality":1}\n', { 'content-type': 'application/x-ndjson' }, '')).json,
    ).toMatchObject({ rows: 1 });
    const form = `--b\r\nContent-Disposition: form-data; name="file"; filename="rows.csv.gz"\r\nContent-Type: application/gzip\r\n\r\n`;
    const body = Buffer.concat([Buffer.from(form), gzipSync(csv), Buffer.from('\r\n--b--\r\n')]);
    expect((await load(body, { 'content-type': 'multipart/form-data; boundary=b' })).json).toMatchObject({ rows: 2 });
    expect((await call('GET', '/files/counts')).json).toMatchObject({ training: 9 });

    const plain = await call('GET', '/files/training/export?columns=H_data,quality', undefined, {
      'accept-encoding': 'identity',
    });
    expect(plain.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="files_training.csv"',
    });
    expect(plain.body.split('\n')).toHaveLength(11);
    const packed = await call('GET', '/files/training/export?columns=H_data,quality', undefined, {
      'accept-encoding': 'gzip, br',
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.raw).toString()).toBe(plain.body);
    const ndjson = await call('GET', '/files/training/export?format=ndjson&columns=quality', undefined, {
      'accept-encoding': 'gzip;q=0',
    });
    expect(ndjson.body.split('\n')[0]).toBe('{"quality":2}');
  });

  it('refuses imports that cannot be read, and stores nothing', async () => {
    await call('POST', '', definition('refused'));
    const load = (query: string, body: string, type = 'text/csv', more = {}) =>
      call('POST', `/refused/training/import${query}`, body, { 'content-type': type, ...more });
    const csv = 'H_data,quality\n1,2\nx,2\n';
    expect((await load('?onError=abort', csv)).json).toMatchObject({ status: 400, code: 'import-refused' });
    expect((await load('?map=H_data', csv)).json).toMatchObject({ status: 400, errors: [{ pointer: 'map' }] });
    expect((await load('?map=Nope=quality', csv)).statusCode).toBe(400);
    expect((await load('?format=xlsx', csv)).statusCode).toBe(400);
    expect((await load('', csv, 'application/gzip')).json).toMatchObject({ errors: [{ pointer: 'format' }] });
    expect((await load('', csv, 'text/csv', { 'content-encoding': 'br' })).statusCode).toBe(415);
    expect((await load('', '{}', 'application/json')).statusCode).toBe(415);
    expect((await load('', csv, 'image/png')).statusCode).toBe(415);
    for (const form of ['--b--\r\n', 'garbage']) {
      expect((await load('', form, 'multipart/form-data; boundary=b')).json).toMatchObject({ status: 400 });
    }
    // The answer reaches a sender that is still sending.
    expect((await load('?map=Nope=quality', csv.repeat(500_000))).json).toMatchObject({
      status: 400,
      code: 'import-refused',
    });
    expect((await call('GET', '/refused/counts')).json).toMatchObject({ training: 0 });
  });

  it('stores result rows as workers of the reference platform post them, with and without the last slash', async () => {
    await call('POST', '', definition('product_quality'));
    const row = { H_data: 169.94, t: 279, quality: 266.9, date_time: '2023-01-12T09:08:26.590699' };
    for (const [path, body, inserted] of [
      ['/ml_data_api/insert_data/', { split: 'production', data: row }, 1],
      ['/ml_data_api/insert_data', { table: 'production', data: [row, row] }, 2],
      ['/ml_data_api/insert_data/', { dataset: 'roaster', split: 'training', data: [row] }, 1],
    ] as const) {
      const answer = await send(`${url}${path}`, 'POST', body);
      expect([answer.statusCode, answer.json]).toEqual([201, { inserted }]);
    }
    const { json } = await call(
      'GET',
      '/product_quality/production/rows?columns=H_data,quality,prediction,date_time&limit=1',
    );
    expect(json.rows).toEqual([
      { H_data: 169.94, quality: null, prediction: 266.9, date_time: '2023-01-12T09:08:26.590Z' },
    ]);
    expect((await call('GET', '/roaster/training/rows?columns=quality')).json.rows).toEqual([{ quality: 266.9 }]);
    for (const body of [
      {},
      { split: 'x', data: row },
      { split: 'training' },
      { split: 'training', data: [] },
      { split: 'training', data: row, x: 1 },
      [],
    ]) {
      expect((await send(`${url}/ml_data_api/insert_data/`, 'POST', body)).statusCode).toBe(400);
    }
  });
});
