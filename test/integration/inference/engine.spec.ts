import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  EngineCrashedError,
  EngineStoppedError,
  EngineTimeoutError,
} from '../../../src/inference/engine/engine-errors.js';
import { InferenceEngine } from '../../../src/inference/engine/inference-engine.js';
import { builtEntry } from '../../../src/registry/onnx-gate/built-entry.js';
import { inspectOnnx } from '../../../src/registry/onnx-gate/inspect-onnx.js';
import { type ModelSignature, resolveSignature } from '../../../src/registry/onnx-gate/model-signature.js';
import {
  attribute,
  deepTree,
  floatsAttribute,
  intsAttribute,
  linearModel,
  model,
  node,
  stringsAttribute,
  text,
  value,
} from '../../golden/onnx/onnx-builder.js';
import { FIXTURE_FEATURES, loadOnnxFixture, onnxFixtureNames, readHostile } from '../../golden/onnx/onnx-fixtures.js';

const MIB = 1024 * 1024;
const WIDTH = FIXTURE_FEATURES.length;

/** What a model made by hand needs to be scored: no gate looks at it here. */
const PLAIN: ModelSignature = {
  featureNames: [...FIXTURE_FEATURES],
  input: { kind: 'tensor', name: 'input', elementType: 'float' },
  output: { task: 'regression', name: 'output' },
};

function loadable(
  bytes: Uint8Array,
  signature = PLAIN,
): { sha256: string; bytes: Uint8Array; signature: ModelSignature } {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes, signature };
}

function fixtureModel(name: string): ReturnType<typeof loadable> {
  const fixture = loadOnnxFixture(name);
  const request = { featureNames: FIXTURE_FEATURES, task: fixture.task };
  return loadable(fixture.bytes, resolveSignature(inspectOnnx(fixture.bytes), request));
}

/** Eleven ones times weights of 0.5. */
const ONES = new Float64Array(WIDTH).fill(1);
const linear = loadable(linearModel());
const endless = loadable(readHostile('endless-loop.onnx'));

describe(InferenceEngine.name, () => {
  let engine: InferenceEngine;

  beforeEach(() => {
    engine = new InferenceEngine();
  });

  afterEach(async () => {
    await engine.stop();
  });

  describe('golden outputs', () => {
    it.each(onnxFixtureNames())("gives ONNX Runtime's recorded outputs for %s", async (name) => {
      const fixture = loadOnnxFixture(name);
      const model = fixtureModel(name);
      await engine.load(model);
      const predictions = await engine.score(model.sha256, fixture.rows, fixture.rowCount);
      if (predictions.task === 'regression') {
        expect(predictions.values).toHaveLength(fixture.rowCount);
        expect(largestDifference(predictions.values, fixture.values!)).toBeLessThanOrEqual(1e-4);
      } else {
        expect(predictions.labels).toEqual(fixture.labels);
        expect(predictions.classes).toEqual([0, 1]);
        expect(largestDifference(predictions.probabilities, fixture.probabilities!)).toBeLessThanOrEqual(1e-6);
      }
    });

    it('scores the rows with missing values, which the recorded NaN fixture has', () => {
      const { rows } = loadOnnxFixture('sklearn-hist-gradient-boosting-nan');
      expect(rows.some(Number.isNaN)).toBe(true);
    });

    it('gives a row alone exactly what it gets in a batch of 1,024', async () => {
      const fixture = loadOnnxFixture('xgboost-regressor');
      const model = fixtureModel('xgboost-regressor');
      await engine.load(model);
      const batch = Float64Array.from({ length: 1024 * WIDTH }, (_, i) => fixture.rows[i % fixture.rows.length]!);
      const together = await engine.score(model.sha256, batch, 1024);
      const alone = await engine.score(model.sha256, fixture.rows.slice(0, WIDTH), 1);
      if (together.task !== 'regression' || alone.task !== 'regression') throw new Error('wrong task');
      expect(together.values[0]).toBe(alone.values[0]);
      expect(together.values[20]).toBe(alone.values[0]);
    });

    it('feeds named inputs by name when the dataset lists its features in another order', async () => {
      const fixture = loadOnnxFixture('sklearn-pipeline-named-inputs');
      const featureNames = [...FIXTURE_FEATURES].reverse().map((name) => name.toUpperCase());
      const signature = resolveSignature(inspectOnnx(fixture.bytes), { featureNames, task: 'regression' });
      const model = loadable(fixture.bytes, signature);
      await engine.load(model);
      const reversed = Float64Array.from({ length: fixture.rows.length }, (_, i) => {
        const row = Math.floor(i / WIDTH);
        return fixture.rows[row * WIDTH + (WIDTH - 1 - (i % WIDTH))]!;
      });
      const predictions = await engine.score(model.sha256, reversed, fixture.rowCount);
      if (predictions.task !== 'regression') throw new Error('wrong task');
      expect(largestDifference(predictions.values, fixture.values!)).toBeLessThanOrEqual(1e-4);
    });
  });

  describe('input', () => {
    it('rounds doubles to float32 as Math.fround does, and takes float32 as it is', async () => {
      await engine.load(linear);
      const rows = new Float64Array(WIDTH);
      rows[0] = 0.1;
      const doubles = await engine.score(linear.sha256, rows, 1);
      const floats = await engine.score(linear.sha256, new Float32Array(rows), 1);
      expect(doubles).toEqual({ task: 'regression', values: Float64Array.of(Math.fround(0.1) / 2) });
      expect(floats).toEqual(doubles);
    });

    it('uses only the first rows of a longer buffer, also of a view into one', async () => {
      await engine.load(linear);
      const pool = new Float64Array(100 * WIDTH).fill(7);
      pool.set(ONES, WIDTH);
      const predictions = await engine.score(linear.sha256, pool.subarray(WIDTH), 1);
      expect(predictions).toEqual({ task: 'regression', values: Float64Array.of(5.5) });
    });

    it('hands doubles to a model that takes doubles, unrounded', async () => {
      const bytes = model([
        node('ReduceMean', ['input'], ['output'], { attributes: [intsAttribute('axes', [1])] }),
        value(11, 'input', [null, 11], 11),
        value(12, 'output', [null, 1], 11),
      ]);
      const signature = resolveSignature(inspectOnnx(bytes), { featureNames: FIXTURE_FEATURES, task: 'regression' });
      const double = loadable(bytes, signature);
      await engine.load(double);
      const predictions = await engine.score(double.sha256, new Float64Array(WIDTH).fill(0.1), 1);
      if (predictions.task !== 'regression') throw new Error('wrong task');
      expect(predictions.values[0]).toBeCloseTo(0.1, 14);
    });

    it('gives the names of classes that are strings', async () => {
      const bytes = model([
        node('LinearClassifier', ['input'], ['label', 'p'], {
          domain: 'ai.onnx.ml',
          attributes: [
            floatsAttribute('coefficients', [...new Array<number>(11).fill(1), ...new Array<number>(11).fill(-1)]),
            floatsAttribute('intercepts', [0, 0]),
            stringsAttribute('classlabels_strings', ['warm', 'cold']),
            attribute('post_transform', 3, text(4, 'SOFTMAX')),
          ],
        }),
        value(11, 'input', [null, 11]),
        value(12, 'label', [null], 8),
        value(12, 'p', [null, 2]),
      ]);
      const signature = resolveSignature(inspectOnnx(bytes), {
        featureNames: FIXTURE_FEATURES,
        task: 'classification',
      });
      const named = loadable(bytes, signature);
      await engine.load(named);
      const rows = Float64Array.from({ length: 2 * WIDTH }, (_, i) => (i < WIDTH ? 1 : -1));
      expect(await engine.score(named.sha256, rows, 2)).toMatchObject({
        labels: ['warm', 'cold'],
        classes: ['warm', 'cold'],
      });
    });

    it('refuses rows that are too few values, and no rows at all', async () => {
      await engine.load(linear);
      await expect(engine.score(linear.sha256, new Float64Array(WIDTH), 2)).rejects.toThrow(RangeError);
      await expect(engine.score(linear.sha256, new Float64Array(WIDTH), 0)).rejects.toThrow(RangeError);
    });
  });

  describe('models', () => {
    it('refuses bytes that are not those of the SHA-256', async () => {
      const bytes = linearModel();
      bytes[bytes.length - 60]! ^= 1;
      await expect(engine.load({ ...linear, bytes })).rejects.toMatchObject({ code: 'hash-mismatch' });
      await expect(engine.score(linear.sha256, ONES, 1)).rejects.toMatchObject({ code: 'not-loaded' });
    });

    it('refuses a file that the runtime cannot load, and goes on', async () => {
      await engine.load(linear);
      const { pid } = engine;
      await expect(engine.load(loadable(Uint8Array.of(1, 2, 3)))).rejects.toMatchObject({ code: 'load-failed' });
      await expect(engine.score(linear.sha256, ONES, 1)).resolves.toBeDefined();
      expect(engine.pid).toBe(pid);
    });

    it('does not know a model any more after unload', async () => {
      await engine.load(linear);
      await engine.unload(linear.sha256);
      expect(engine.has(linear.sha256)).toBe(false);
      await expect(engine.score(linear.sha256, ONES, 1)).rejects.toMatchObject({ code: 'not-loaded' });
    });

    it('does not leave a model behind that is unloaded while it loads', async () => {
      const given: ((bytes: Uint8Array) => void)[] = [];
      const slow = new InferenceEngine({ loadModel: () => new Promise((resolve) => given.push(resolve)) });
      try {
        await slow.start();
        const load = slow.load({ sha256: linear.sha256, signature: linear.signature });
        await pause(10);
        const unload = slow.unload(linear.sha256);
        given[0]!(linear.bytes);
        await Promise.all([load, unload]);
        expect(slow.has(linear.sha256)).toBe(false);
        await expect(slow.score(linear.sha256, ONES, 1)).rejects.toMatchObject({ code: 'not-loaded' });
        // It is really gone: the next load asks for the bytes again.
        const again = slow.load({ sha256: linear.sha256, signature: linear.signature });
        await pause(10);
        expect(given).toHaveLength(2);
        given[1]!(linear.bytes);
        await again;
      } finally {
        await slow.stop();
      }
    });

    it('keeps its memory over 200 loads and unloads', async () => {
      const model = fixtureModel('sklearn-gradient-boosting-regressor');
      const cycle = async (times: number): Promise<number> => {
        for (let i = 0; i < times; i++) {
          await engine.load(model);
          await engine.score(model.sha256, ONES, 1);
          await engine.unload(model.sha256);
        }
        return engine.rssBytes / MIB;
      };
      const early = await cycle(50);
      const late = await cycle(150);
      expect(engine.starts).toBe(1);
      expect(late - early).toBeLessThan(15);
    });
  });

  describe('crashes', () => {
    it('rejects the calls in flight when the process is killed, and scores again in a new one', async () => {
      await engine.load(linear);
      await engine.load(endless);
      const first = engine.score(endless.sha256, ONES, 1);
      const second = engine.score(linear.sha256, ONES, 1);
      const outcomes = Promise.allSettled([first, second]);
      const { pid } = engine;
      await pause(100);
      process.kill(pid!, 'SIGKILL');
      const [running, waiting] = await outcomes;
      expect(running).toMatchObject({ status: 'rejected', reason: { code: 'engine-crashed', wasRunning: true } });
      expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'engine-crashed', wasRunning: false } });
      const again = await engine.score(linear.sha256, ONES, 1);
      expect(again).toEqual({ task: 'regression', values: Float64Array.of(5.5) });
      expect(engine.pid).not.toBe(pid);
      expect(engine.starts).toBe(2);
    });

    it('kills a process that takes too long over one call, and scores again in a new one', async () => {
      const quick = new InferenceEngine({ settings: { scoreTimeoutMs: 400 } });
      try {
        await quick.load(linear);
        await quick.load(endless);
        const started = performance.now();
        await expect(quick.score(endless.sha256, ONES, 1)).rejects.toThrow(EngineTimeoutError);
        expect(performance.now() - started).toBeLessThan(2_000);
        await expect(quick.score(linear.sha256, ONES, 1)).resolves.toMatchObject({ values: Float64Array.of(5.5) });
      } finally {
        await quick.stop();
      }
    });

    it('does not count the wait behind other calls as time of a call', async () => {
      const quick = new InferenceEngine({ settings: { scoreTimeoutMs: 250 } });
      try {
        const model = fixtureModel('sklearn-random-forest-regressor');
        await quick.load(model);
        const rows = new Float64Array(4_096 * WIDTH).fill(200);
        // Together they take longer than the limit; none of them does. Sending them holds this process up as well.
        const started = performance.now();
        const calls: Promise<unknown>[] = [];
        while (calls.length < 300) calls.push(quick.score(model.sha256, rows, 4_096));
        await Promise.all(calls);
        expect(performance.now() - started).toBeGreaterThan(250);
        expect(quick.starts).toBe(1);
      } finally {
        await quick.stop();
      }
    });

    it('lives on when loading a model crashes the process', async () => {
      await engine.load(linear);
      await expect(engine.load(loadable(deepTree(50_000)))).rejects.toThrow(EngineCrashedError);
      await expect(engine.score(linear.sha256, ONES, 1)).resolves.toMatchObject({ values: Float64Array.of(5.5) });
    });

    it('asks for the bytes again after a crash, and keeps none itself', async () => {
      const asked: string[] = [];
      const lean = new InferenceEngine({
        loadModel: (sha256) => {
          asked.push(sha256);
          return Promise.resolve(linear.bytes);
        },
      });
      try {
        await lean.load({ sha256: linear.sha256, signature: linear.signature });
        process.kill(lean.pid!, 'SIGKILL');
        while (lean.pid !== undefined) await pause(5);
        await lean.score(linear.sha256, ONES, 1);
        expect(asked).toEqual([linear.sha256, linear.sha256]);
      } finally {
        await lean.stop();
      }
    });
  });

  describe('life of the process', () => {
    it('changes the process after a number of loads without losing a call', async () => {
      const short = new InferenceEngine({ settings: { recycleAfterLoads: 2 } });
      try {
        const other = fixtureModel('xgboost-regressor');
        await short.load(linear);
        const { pid } = short;
        await short.load(other);
        const calls = Array.from({ length: 50 }, () => short.score(linear.sha256, ONES, 1));
        for (const predictions of await Promise.all(calls))
          expect(predictions).toMatchObject({ values: Float64Array.of(5.5) });
        expect(short.pid).not.toBe(pid);
        expect(short.starts).toBe(2);
      } finally {
        await short.stop();
      }
    });

    it('changes a process that has grown past its ceiling', async () => {
      const small = new InferenceEngine({ settings: { rssCeilingMb: 1, recycleMinCalls: 10 } });
      try {
        await small.load(linear);
        for (let i = 0; i < 25; i++) await small.score(linear.sha256, ONES, 1);
        expect(small.starts).toBe(3);
      } finally {
        await small.stop();
      }
    });

    it('answers the calls in flight before it stops, refuses later ones, and starts again', async () => {
      await engine.load(linear);
      const call = engine.score(linear.sha256, ONES, 1);
      await engine.stop();
      await expect(call).resolves.toMatchObject({ values: Float64Array.of(5.5) });
      expect(engine.pid).toBeUndefined();
      await expect(engine.score(linear.sha256, ONES, 1)).rejects.toThrow(EngineStoppedError);
      await engine.start();
      await expect(engine.score(linear.sha256, ONES, 1)).resolves.toMatchObject({ values: Float64Array.of(5.5) });
    });

    it('gives the process no environment but the switch that quiets the runtime', async () => {
      process.env['GITS_TEST_SECRET'] = 'do not pass on';
      try {
        await engine.start();
        if (process.platform !== 'linux') return;
        const environment = readFileSync(`/proc/${engine.pid}/environ`, 'latin1');
        expect(environment.split('\0').filter((entry) => entry !== '' && !entry.startsWith('NODE_CHANNEL_'))).toEqual([
          'ORT_DISABLE_TELEMETRY=1',
        ]);
      } finally {
        delete process.env['GITS_TEST_SECRET'];
      }
    });

    it('leaves it to the parent to end the process when a signal reaches the whole group', async () => {
      await engine.load(linear);
      process.kill(engine.pid!, 'SIGTERM');
      process.kill(engine.pid!, 'SIGINT');
      await pause(50);
      await expect(engine.score(linear.sha256, ONES, 1)).resolves.toBeDefined();
      expect(engine.starts).toBe(1);
    });

    it('ends the process when its parent goes', async () => {
      const entry = builtEntry(
        new URL('../../../src/inference/engine/inference-engine.ts', import.meta.url).href,
        './engine-process.js',
      );
      const child = fork(entry, [], { execArgv: [], serialization: 'advanced' });
      await new Promise((resolve) => child.once('message', resolve));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      expect(await ended).toBe(0);
      expect(existsSync(`/proc/${child.pid}`)).toBe(false);
    });
  });
});

function largestDifference(found: Float64Array, expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  return found.reduce((largest, value, i) => {
    const difference = Math.abs(value - expected[i]!);
    // NaN must not pass for a small difference.
    return difference <= largest ? largest : Number.isNaN(difference) ? Infinity : difference;
  }, 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
