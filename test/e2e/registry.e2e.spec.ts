import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { RoasterSimulator } from '../../src/simulator/roaster-simulator.js';
import { hostileFiles, loadOnnxFixture, readHostile } from '../golden/onnx/onnx-fixtures.js';
import { Installation } from '../support/installation.js';
import { onnxScores } from '../support/onnx-scores.js';
import { until } from '../support/until.js';

const MODEL = 'product_quality_lightgbm';
const SERVICE = 'service_product_quality_A';
const VERSIONS = `/queue_manager/models/${MODEL}/versions`;
const MOVING = 12_000;

interface Problem {
  code: string;
  detail: string;
  status: number;
}

interface Model {
  aliases: Record<string, number>;
  versions: { version: number; sha256: string }[];
}

/** Why each file is refused, as `test/golden/onnx/hostile/README.md` tells; its gate test holds the same list. */
const REFUSALS: Record<string, string> = {
  'custom-domain-op.onnx': 'domain',
  'empty.onnx': 'no-graph',
  'endless-loop.onnx': 'subgraph',
  'external-data-absolute.onnx': 'external-data',
  'external-data-passwd.onnx': 'external-data',
  'future-opset.onnx': 'opset',
  'giant-dims-initializer.onnx': 'initializer-size',
  'if-subgraph.onnx': 'subgraph',
  'nan-output.onnx': 'non-finite',
  'pickle.onnx': 'pickle',
  'random-bytes.onnx': 'not-onnx',
  'sixty-thousand-nodes.onnx.gz': 'archive',
  'sparse-initializer.onnx': 'sparse-initializer',
  'string-input.onnx': 'input-type',
  'ten-gib-constant.onnx': 'operator',
  'truncated.onnx': 'not-onnx',
  'wrong-rank-input.onnx': 'input-rank',
  'wrong-width-input.onnx': 'input-width',
};

describe('the registry over HTTP', () => {
  let gits: Installation;

  beforeAll(async () => {
    gits = await Installation.start({ GITS_SOURCE_COUNT: '1' });
    await until(
      'the first job',
      async () => (await gits.get<{ finished: number }>('/queue_manager/jobs/counts')).finished,
    );
  });

  afterAll(() => gits?.remove());

  it('refuses every hostile file with 422 and its reason, and is none the worse for it', async () => {
    expect(Object.keys(REFUSALS).sort()).toEqual(hostileFiles());
    for (const [file, code] of Object.entries(REFUSALS)) {
      const { status, headers, body } = await gits.call<Problem>('POST', VERSIONS, { bytes: readHostile(file) });
      expect([file, status, body.code]).toEqual([file, 422, `model-refused-${code}`]);
      expect(body.detail.length).toBeGreaterThan(20);
      expect(headers.get('content-type')).toContain('application/problem+json');
    }
    const long = await gits.call<Problem>('POST', VERSIONS, {
      bytes: gunzipSync(readHostile('sixty-thousand-nodes.onnx.gz')),
    });
    expect([long.status, long.body.code]).toEqual([422, 'model-refused-too-many-nodes']);
    expect((await gits.get<Model>(`/queue_manager/models/${MODEL}`)).versions).toHaveLength(1);
    expect((await gits.call('GET', '/health/ready')).status).toBe(200);
  });

  it('says how to convert a pickle', async () => {
    const { body } = await gits.call<Problem>('POST', VERSIONS, { bytes: readHostile('pickle.onnx') });
    expect(body.detail).toMatch(/pickle.*never.*skl2onnx/s);
  });

  it('refuses a body that is no file, and an unknown model', async () => {
    expect(await gits.call('POST', VERSIONS, { json: { file: 'model.onnx' } })).toMatchObject({
      status: 400,
      body: { code: 'no-model-file' },
    });
    const elsewhere = await gits.call('POST', '/queue_manager/models/nothing/versions', {
      bytes: readHostile('empty.onnx'),
    });
    expect(elsewhere).toMatchObject({ status: 404, body: { code: 'model-not-found' } });
  });

  it('numbers versions, gives the very file back and refuses the same file again', async () => {
    const { bytes, sha256 } = loadOnnxFixture('sklearn-gradient-boosting-regressor');
    const version = await gits.expect('POST', `${VERSIONS}?description=second`, 201, { bytes });
    expect(version).toMatchObject({ version: 2, sha256, description: 'second', parent_version: 1 });
    expect(await gits.bytes(`${VERSIONS}/2/file`)).toEqual(bytes);
    expect(await gits.call('POST', VERSIONS, { bytes })).toMatchObject({
      status: 409,
      body: { code: 'version-exists' },
    });
    expect((await gits.get<Model>(`/queue_manager/models/${MODEL}`)).aliases).toEqual({ champion: 1 });
  });

  it('moves aliases and keeps the history of the moves', async () => {
    const alias = `/queue_manager/models/${MODEL}/aliases`;
    const put = (name: string, json: object) => gits.call('PUT', `${alias}/${name}`, { json });
    expect(await put('challenger', { version: 2, reason: 'first try' })).toMatchObject({
      status: 200,
      body: { aliases: { champion: 1, challenger: 2 } },
    });
    expect(await put('challenger', { version: 9 })).toMatchObject({ status: 404, body: { code: 'version-not-found' } });
    expect(await put('challenger', { version: 'two' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/version must be a whole number, but is "two"/) },
    });
    expect(await put('no%20name', { version: 1 })).toMatchObject({ status: 400, body: { code: 'invalid-alias' } });
    expect(await put('challenger', { version: 1 })).toMatchObject({ status: 200 });
    expect(await gits.get(`/queue_manager/models/${MODEL}/deployments`)).toMatchObject([
      { alias: 'challenger', from_version: 2, to_version: 1, by: 'preset', reason: '' },
      { alias: 'challenger', from_version: null, to_version: 2, by: 'preset', reason: 'first try' },
      { alias: 'champion', from_version: null, to_version: 1, by: 'demo', reason: 'first version' },
    ]);
  });

  it('changes the champion under full load: no job lost, each scored by the version it names, no restart', async () => {
    const worker = () =>
      gits.rows<{ id: string; details: { engineStarts: number } }>(
        `SELECT id, details FROM gits.processes WHERE role = 'worker'`,
      );
    const [before] = await worker();
    const source = gits.run([
      'start',
      '--role',
      'data-source',
      '--source-run',
      'moving',
      '--source-count',
      String(MOVING),
      '--seed',
      '5',
      '--rate',
      '3000',
    ]);
    let moves = 0;
    while (!source.ended) {
      moves += 1;
      await gits.expect('PUT', `/queue_manager/models/${MODEL}/aliases/champion`, 200, {
        json: { version: 1 + (moves % 2) },
      });
      await sleep(300);
    }
    expect([await source.end(), source.output]).toEqual([0, expect.stringContaining(`sent ${MOVING} messages`)]);
    await until('every job', async () => (await gits.value('SELECT count(*) FROM gits.jobs')) === MOVING + 1);

    const simulator = new RoasterSimulator({ seed: 5 });
    const inputs = Array.from({ length: MOVING }, () => simulator.next().features);
    const expected = [
      undefined,
      ...(await Promise.all(
        [1, 2].map(async (version) => onnxScores(await gits.bytes(`${VERSIONS}/${version}/file`), inputs)),
      )),
    ];
    const jobs = await gits.rows<{
      version: number;
      status: string;
      said: number;
      stored: number;
      row_version: number;
      attempts: number;
    }>(
      `SELECT j.model_version AS version, j.last_status AS status, (j.result->0->>'quality')::float8 AS said, j.attempts,
         p.prediction AS stored, p.model_version AS row_version
       FROM gits.jobs j LEFT JOIN data.product_quality_production p ON p.job_id = j.id
       WHERE j.id::text > $1 ORDER BY j.id`,
      [await gits.value<string>('SELECT min(id::text) FROM gits.jobs')],
    );
    expect(jobs).toHaveLength(MOVING);
    const right = jobs.map((job, row) => {
      const prediction = expected[job.version]?.[row];
      return {
        version: job.version,
        row_version: job.version,
        status: 'finished',
        said: prediction,
        stored: prediction,
        attempts: 0,
      };
    });
    expect(jobs).toEqual(right);
    const scoredBy = (version: number) => jobs.filter((job) => job.version === version).length;
    expect(moves).toBeGreaterThan(3);
    expect(Math.min(scoredBy(1), scoredBy(2))).toBeGreaterThan(MOVING / 20);
    const [after] = await worker();
    expect(after).toMatchObject({ id: before!.id, details: { engineStarts: 1 } });
  });

  it('pauses a service, whose messages wait, and goes on with it', async () => {
    const service = `/queue_manager/services/${SERVICE}`;
    await gits.expect('PATCH', service, 200, { json: { enabled: false } });
    await until('the pause', async () => gits.output.includes(`no longer serves ${SERVICE}`));
    const features = new RoasterSimulator({ seed: 6 }).next().features;
    const { id } = await gits.expect<{ id: string }>('POST', '/queue_manager/jobs', 202, {
      json: { payload: { product_quality: features } },
    });
    await sleep(1500);
    const job = () =>
      gits.get<{ last_status: string; message: string; metadata: { model_version: number | null } }>(
        `/queue_manager/jobs/${id}`,
      );
    expect(await job()).toMatchObject({ last_status: 'queued', metadata: { model_version: null } });
    await gits.expect('PATCH', service, 200, { json: { enabled: true } });
    await until('the end of the pause', async () => (await job()).last_status === 'finished');
  });

  it('binds a service to another model of the same dataset only', async () => {
    const service = `/queue_manager/services/${SERVICE}`;
    await gits.expect('POST', '/queue_manager/models', 201, { json: { name: 'forest', dataset: 'product_quality' } });
    expect(await gits.call('PATCH', service, { json: { model: 'forest' } })).toMatchObject({
      status: 400,
      body: { code: 'alias-not-found' },
    });
    const { bytes } = loadOnnxFixture('sklearn-random-forest-regressor');
    await gits.expect('POST', '/queue_manager/models/forest/versions', 201, { bytes });
    expect(await gits.expect('PATCH', service, 200, { json: { model: 'forest' } })).toMatchObject({
      algorithm: 'forest',
      version: 1,
    });
    const features = new RoasterSimulator({ seed: 8 }).next().features;
    const [expected] = await onnxScores(bytes, [features]);
    const scored = await until('a job scored by the forest', async () => {
      const { id } = await gits.expect<{ id: string }>('POST', '/queue_manager/jobs', 202, {
        json: { payload: { product_quality: features } },
      });
      const job = await until('the job', async () => {
        const found = await gits.get<{
          last_status: string;
          result: { quality: number }[];
          metadata: { model: string };
        }>(`/queue_manager/jobs/${id}`);
        return found.last_status === 'finished' && found;
      });
      return job.metadata.model === 'forest' && job;
    });
    expect(scored.result[0]!.quality).toBe(expected);
    expect(await gits.call('DELETE', '/queue_manager/models/forest')).toMatchObject({
      status: 409,
      body: { code: 'model-in-use' },
    });
  });
});
