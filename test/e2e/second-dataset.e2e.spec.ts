import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TreeNodes, model, treeRegressor, value } from '../golden/onnx/onnx-builder.js';
import { Installation } from '../support/installation.js';
import { onnxScores } from '../support/onnx-scores.js';
import { until } from '../support/until.js';

const HOURS = 400;
const FIRST_HOUR = Date.UTC(2015, 2, 25, 0);
const RECIPES = ['Arabica', 'Robusta, washed', 'Blend "7"'];

/** Nothing here is the demo's: names in mixed case, a category, a boolean, a column that may be empty, times in four parts. */
const DATASET = {
  name: 'roasting_line_2',
  description: 'Hourly means of another machine',
  task: 'regression',
  features: [
    { name: 'H_Layer', type: 'number', unit: 'mm', minimum: 0, maximum: 400, nullable: false },
    { name: 'T_Zone1', type: 'number', unit: '°C', minimum: -50, maximum: 1100, nullable: false },
    { name: 'T_Zone2', type: 'number', unit: '°C', minimum: -50, maximum: 1100, nullable: true },
    { name: 'moisture', type: 'number', nullable: false },
    { name: 'Recipe', type: 'category', categories: RECIPES, nullable: false },
    { name: 'FanOn', type: 'boolean', nullable: false },
  ],
  target: { name: 'Quality_Index', type: 'number', nullable: false },
  payloadKey: 'line-2',
  timeColumns: ['YYYY', 'MM', 'DD', 'HH'],
};

/** Ten stumps on each of six features: exact in float32 whatever the size of the batch. */
function sixFeatureModel(): Uint8Array {
  const tree: TreeNodes = { trees: [], ids: [], features: [], modes: [], thresholds: [], yes: [], no: [], leaves: [] };
  const spread = [400, 900, 900, 12, 2, 1];
  for (let number = 0; number < 60; number += 1) {
    const feature = number % 6;
    const threshold = (spread[feature]! * (1 + Math.floor(number / 6))) / 11;
    ['BRANCH_LEQ', 'LEAF', 'LEAF'].forEach((mode, id) => {
      tree.trees.push(number);
      tree.ids.push(id);
      tree.features.push(feature);
      tree.modes.push(mode);
      tree.thresholds.push(threshold);
      tree.yes.push(id === 0 ? 1 : 0);
      tree.no.push(id === 0 ? 2 : 0);
    });
    tree.leaves.push([number, 1, 0.1 * (number + 1)], [number, 2, -0.37 * (feature + 1)]);
  }
  return model([treeRegressor(tree), value(11, 'input', [null, 6]), value(12, 'output', [null, 1])]);
}

interface Hour {
  time: number;
  cells: string[];
  /** What the model sees. */
  inputs: (number | null)[];
  reason?: RegExp;
}

function makeHours(): Hour[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const time = new Date(FIRST_HOUR + hour * 3_600_000);
    const noise = (step: number, size: number) => Math.round(((hour * step) % 97) * size) / 97;
    const recipe = hour % RECIPES.length;
    const inputs = [
      100 + noise(31, 200),
      200 + noise(17, 600),
      hour % 7 === 0 ? null : 250 + noise(41, 600),
      noise(13, 12),
      recipe,
      hour % 2,
    ];
    const cells = [
      ...inputs.slice(0, 4).map((cell) => (cell === null ? '' : String(cell))),
      `"${RECIPES[recipe]!.replaceAll('"', '""')}"`,
      hour % 2 === 1 ? 'TRUE' : 'false',
    ];
    const parts = [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours()].map(String);
    const row: Hour = { time: time.getTime(), cells: [...parts, ...cells], inputs };
    if (hour === 50)
      return {
        ...row,
        cells: [...parts.slice(0, 3), '25', ...cells],
        reason: /YYYY, MM, DD, HH must be parts of a real date.*25/,
      };
    if (hour === 51)
      return {
        ...row,
        cells: [...parts, ...cells.slice(0, 4), 'Decaf', cells[5]!],
        reason: /Recipe must be one of "Arabica".*"Decaf"/,
      };
    if (hour === 52)
      return {
        ...row,
        cells: [...parts, '', ...cells.slice(1)],
        reason: /H_Layer must be a number from 0 to 400, but is null/,
      };
    return row;
  });
}

describe('a second dataset, registered over the API in an installation without the demo', () => {
  const hours = makeHours();
  const onnx = sixFeatureModel();
  let gits: Installation;

  beforeAll(async () => {
    gits = await Installation.start({ GITS_DEMO: 'false' });
  });

  afterAll(() => gits?.remove());

  it('starts empty', async () => {
    expect(await gits.get('/ml_data_api/datasets')).toEqual([]);
    expect(await gits.get('/queue_manager/get_services')).toEqual([]);
    expect(await gits.get('/queue_manager/get_algorithms')).toEqual([]);
    const page = await gits.call('GET', '/dash_main_dashboard', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
  });

  it('takes the dataset, a model of its width and a service', async () => {
    expect(await gits.expect('POST', '/ml_data_api/datasets', 201, { json: DATASET })).toMatchObject(DATASET);
    await gits.expect('POST', '/queue_manager/models', 201, { json: { name: 'line_2_stumps', dataset: DATASET.name } });
    const version = await gits.expect('POST', '/queue_manager/models/line_2_stumps/versions', 201, { bytes: onnx });
    expect(version).toMatchObject({
      version: 1,
      signature: { featureNames: DATASET.features.map(({ name }) => name) },
    });
    const service = { name: 'service_line_2', queue: 'gits.line-2', model: 'line_2_stumps' };
    expect(await gits.expect('POST', '/queue_manager/services', 201, { json: service })).toMatchObject({
      service_name: 'service_line_2',
      dataset: DATASET.name,
      version: 1,
    });
  });

  it('scores a replayed file, with the event times of its rows', async () => {
    const names = ['YYYY', 'MM', 'DD', 'HH', 'h_layer', 'Zone 1', 'T_ZONE2', 'Moisture', 'recipe', 'fanon'];
    const file = join(gits.dataDir, 'hours.csv');
    await writeFile(
      file,
      `\ufeff${[names, ...hours.map(({ cells }) => cells)].map((cells) => cells.join(',')).join('\r\n')}\r\n`,
    );
    const source = gits.run([
      'start',
      '--role',
      'data-source',
      '--service',
      'service_line_2',
      '--source',
      file,
      '--rate',
      'max',
      '--source-map',
      'T_Zone1=Zone 1',
    ]);
    expect([await source.end(), source.output]).toEqual([0, expect.stringContaining(`sent ${HOURS} messages`)]);
    await until('a job for each hour', async () => (await gits.value('SELECT count(*) FROM gits.jobs')) === HOURS);

    const good = hours.filter(({ reason }) => reason === undefined);
    const rows = await gits.rows<{
      time: number;
      prediction: number;
      features: unknown[];
      result: Record<string, unknown>[];
    }>(
      `SELECT (extract(epoch FROM p.date_time) * 1000)::bigint AS time, p.prediction, j.result,
         json_build_array(p."H_Layer", p."T_Zone1", p."T_Zone2", p.moisture, p."Recipe", p."FanOn") AS features
       FROM data.roasting_line_2_production p JOIN gits.jobs j ON j.id = p.job_id ORDER BY p.date_time`,
    );
    const expected = await onnxScores(
      onnx,
      good.map(({ inputs }) => inputs),
    );
    expect(new Set(expected).size).toBeGreaterThan(50);
    expect(rows.map(({ time, prediction }) => [time, prediction])).toEqual(
      good.map(({ time }, index) => [time, expected[index]]),
    );
    expect(rows.map(({ features }) => features)).toEqual(
      good.map(({ inputs }) => [...inputs.slice(0, 4), RECIPES[inputs[4]!], inputs[5] === 1]),
    );
    const [first] = good;
    expect(rows[0]!.result).toEqual([
      {
        H_Layer: first!.inputs[0],
        T_Zone1: first!.inputs[1],
        T_Zone2: null,
        moisture: first!.inputs[3],
        Recipe: 'Arabica',
        FanOn: false,
        Quality_Index: expected[0],
        date_time: '2015-03-25T00:00:00.000Z',
      },
    ]);
  });

  it('fails the rows with a wrong time, category or empty cell, and says why', async () => {
    const failed = await gits.get<{ jobs: { message: string }[] }>(
      '/queue_manager/jobs?last_status=failed&service=service_line_2',
    );
    const reasons = hours.flatMap(({ reason }) => reason ?? []);
    expect(failed.jobs).toHaveLength(reasons.length);
    for (const reason of reasons)
      expect(failed.jobs.map(({ message }) => message)).toContainEqual(expect.stringMatching(reason));
    expect(await gits.get('/queue_manager/jobs/counts')).toMatchObject({
      finished: HOURS - reasons.length,
      failed: reasons.length,
    });
    expect(await gits.get(`/ml_data_api/datasets/${DATASET.name}/counts`)).toMatchObject({
      production: HOURS - reasons.length,
      training: 0,
    });
  });

  it('finds the service of a posted message by its payload key, and pages rows by event time', async () => {
    const payload = {
      'line-2': {
        ...Object.fromEntries(DATASET.features.map(({ name }) => [name, 1])),
        Recipe: 'Arabica',
        FanOn: true,
        YYYY: 2016,
        MM: 2,
        DD: 29,
        HH: 23,
      },
    };
    const { id } = await gits.expect<{ id: string }>('POST', '/queue_manager/jobs', 202, { json: { payload } });
    const job = await until('the job', async () => {
      const found = await gits.get<{ last_status: string; message: string; metadata: object }>(
        `/queue_manager/jobs/${id}`,
      );
      return found.last_status !== 'queued' && found;
    });
    expect(job).toMatchObject({
      last_status: 'finished',
      metadata: { service: 'service_line_2', routing_key: 'gits.line-2' },
    });
    const { rows } = await gits.get<{ rows: object[] }>(
      `/ml_data_api/datasets/${DATASET.name}/production/rows?order=desc&limit=1&from=2016-01-01T00:00:00Z`,
    );
    expect(rows).toEqual([
      expect.objectContaining({ job_id: id, date_time: '2016-02-29T23:00:00.000Z', Recipe: 'Arabica' }),
    ]);
  });
});
