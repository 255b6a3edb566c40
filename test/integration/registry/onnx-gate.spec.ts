import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  deepTree,
  intAttribute,
  intsAttribute,
  linearModel,
  message,
  model,
  node,
  tensor,
  treeRegressor,
  value,
} from '../../golden/onnx/onnx-builder.js';
import {
  FIXTURE_FEATURES,
  hostileFiles,
  loadOnnxFixture,
  onnxFixtureNames,
  readHostile,
} from '../../golden/onnx/onnx-fixtures.js';
import { OnnxGate } from '../../../src/registry/onnx-gate/onnx-gate.js';
import { DEFAULT_ONNX_GATE_LIMITS } from '../../../src/registry/onnx-gate/onnx-gate-limits.js';

const REQUEST = { featureNames: FIXTURE_FEATURES, task: 'regression' as const };
const MIB = 1024 * 1024;

/** Expected refusals, as hostile/README.md tells them. */
const REFUSALS: Record<string, [code: string, reason: RegExp]> = {
  'custom-domain-op.onnx': ['domain', /com\.example\.custom/],
  'empty.onnx': ['no-graph', /no model/],
  'endless-loop.onnx': ['subgraph', /Loop/],
  'external-data-absolute.onnx': ['external-data', /another file/],
  'external-data-passwd.onnx': ['external-data', /another file/],
  'future-opset.onnx': ['opset', /9999.*7 to 26/],
  'giant-dims-initializer.onnx': ['initializer-size', /\[11, 1099511627776\].*holds 1 /],
  'if-subgraph.onnx': ['subgraph', /If/],
  'nan-output.onnx': ['non-finite', /NaN/],
  'pickle.onnx': ['pickle', /never accepted/],
  'random-bytes.onnx': ['not-onnx', /cannot be read/],
  'sixty-thousand-nodes.onnx.gz': ['archive', /gzip/],
  'sparse-initializer.onnx': ['sparse-initializer', /sparse/],
  'string-input.onnx': ['input-type', /string/],
  'ten-gib-constant.onnx': ['operator', /ConstantOfShape/],
  'truncated.onnx': ['not-onnx', /cut off/],
  'wrong-rank-input.onnx': ['input-rank', /\[N, 11, 3\]/],
  'wrong-width-input.onnx': ['input-width', /12 columns.*11/],
};

describe(OnnxGate.name, () => {
  const gate = new OnnxGate();

  describe('sound models', () => {
    it.each(onnxFixtureNames())('accepts %s', async (name) => {
      const fixture = loadOnnxFixture(name);
      const verdict = await gate.check(fixture.bytes, { ...REQUEST, task: fixture.task, sampleRows: fixture.rows });
      expect(verdict).toMatchObject({
        accepted: true,
        sha256: fixture.sha256,
        bytes: fixture.bytes.length,
        signature: { featureNames: FIXTURE_FEATURES, output: { task: fixture.task } },
        trial: { rows: 'sample', batches: [1, 64, 1024] },
      });
      if (!verdict.accepted) return;
      expect(verdict.trial.acceptsMissing || !fixture.acceptsNan).toBe(true);
      expect(verdict.trial.perRowMs).toBeGreaterThan(0);
      expect(verdict.trial.perRowMs).toBeLessThan(1);
    });

    it('accepts a sound model with made-up rows when the dataset has none yet', async () => {
      const verdict = await gate.check(linearModel(), REQUEST);
      expect(verdict).toMatchObject({ accepted: true, trial: { rows: 'generated', acceptsMissing: false } });
    });

    it('checks several files at once, one after the other', async () => {
      const verdicts = await Promise.all([1, 2, 3].map(() => gate.check(linearModel(), REQUEST)));
      expect(verdicts.map((verdict) => verdict.accepted)).toEqual([true, true, true]);
    });
  });

  describe('hostile files', () => {
    it('has an expectation for each file in the folder', () => {
      expect(hostileFiles()).toEqual(Object.keys(REFUSALS).sort());
      expect(onnxFixtureNames()).toHaveLength(12);
    });

    it.each(Object.entries(REFUSALS).map(([file, [code, reason]]) => [file, code, reason] as const))(
      'refuses %s as %s',
      async (file, code, reason) => {
        const before = process.memoryUsage.rss();
        const started = performance.now();
        const verdict = await gate.check(readHostile(file), REQUEST);
        expect(verdict).toMatchObject({ accepted: false, code, reason: expect.stringMatching(reason) });
        expect(performance.now() - started).toBeLessThan(5_000);
        expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
      },
    );

    it('refuses the decompressed chain of 60,000 nodes as too many nodes', async () => {
      const verdict = await gate.check(gunzipSync(readHostile('sixty-thousand-nodes.onnx.gz')), REQUEST);
      expect(verdict).toMatchObject({
        accepted: false,
        code: 'too-many-nodes',
        reason: expect.stringMatching(/60000.*5000/),
      });
    });

    it('refuses a file above the size limit without starting a process', async () => {
      const verdict = await new OnnxGate({ maxBytes: 100 }).check(linearModel(), REQUEST);
      expect(verdict).toMatchObject({ accepted: false, code: 'too-large' });
    });
  });

  describe('files that get past the reading', () => {
    it('ends an endless loop at the time limit', async () => {
      const lenient = new OnnxGate({ allowControlFlow: true, trialTimeoutMs: 2_000 });
      const started = performance.now();
      const verdict = await lenient.check(readHostile('endless-loop.onnx'), REQUEST);
      expect(verdict).toMatchObject({
        accepted: false,
        code: 'timeout',
        reason: expect.stringMatching(/loading and trying.*2 s/i),
      });
      expect(performance.now() - started).toBeLessThan(4_000);
    });

    it('accepts a branch when control flow is allowed', async () => {
      const verdict = await new OnnxGate({ allowControlFlow: true }).check(readHostile('if-subgraph.onnx'), REQUEST);
      expect(verdict).toMatchObject({ accepted: true });
    });

    it('refuses a 10 GiB tensor for its memory when its operator is allowed', async () => {
      const allowedOperators = [...DEFAULT_ONNX_GATE_LIMITS.allowedOperators, 'ConstantOfShape'];
      const verdict = await new OnnxGate({ allowedOperators }).check(readHostile('ten-gib-constant.onnx'), REQUEST);
      expect(verdict).toMatchObject({ accepted: false, code: 'memory' });
    });

    it('refuses a model that grows a table until the memory is full', async () => {
      // Each row joined to itself 15 times: 1,024 rows become 1.4 GiB by allowed operators and harmless-looking steps.
      const steps = Array.from({ length: 15 }, (_, i) =>
        node('Concat', [i === 0 ? 'input' : `c${i}`, i === 0 ? 'input' : `c${i}`], [`c${i + 1}`], {
          attributes: [intAttribute('axis', 1)],
        }),
      );
      const bytes = model([
        ...steps,
        node('ReduceMean', ['c15'], ['output'], { attributes: [intsAttribute('axes', [1])] }),
        value(11, 'input', [null, 11]),
        value(12, 'output', [null, 1]),
      ]);
      const verdict = await new OnnxGate({ memoryMb: 256 }).check(bytes, REQUEST);
      expect(verdict).toMatchObject({
        accepted: false,
        code: 'memory',
        reason: expect.stringMatching(/at most 256 MiB/),
      });
    });

    it('survives a model that crashes ONNX Runtime, and says so', async () => {
      const verdict = await gate.check(deepTree(50_000), REQUEST);
      expect(verdict).toMatchObject({
        accepted: false,
        code: 'crash',
        reason: expect.stringMatching(/SIGSEGV|SIGBUS|SIGILL/),
      });
    });

    it('refuses a graph that ONNX Runtime cannot load', async () => {
      const bytes = model([
        node('Relu', ['nowhere'], ['output']),
        value(11, 'input', [null, 11]),
        value(12, 'output', [null, 1]),
      ]);
      expect(await gate.check(bytes, REQUEST)).toMatchObject({ accepted: false, code: 'load' });
    });

    it('refuses a tree that reads a feature the dataset does not have', async () => {
      const tree = treeRegressor({
        ...{ trees: [0, 0, 0], ids: [0, 1, 2], features: [40, 0, 0], modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
        ...{ thresholds: [5, 0, 0], yes: [1, 0, 0], no: [2, 0, 0] },
        leaves: [
          [0, 1, 1],
          [0, 2, 2],
        ],
      });
      const bytes = model([tree, value(11, 'input', [null, 11]), value(12, 'output', [null, 1])]);
      expect(await gate.check(bytes, REQUEST)).toMatchObject({
        accepted: false,
        code: 'run',
        reason: expect.stringMatching(/feature 40/),
      });
    });

    it('refuses a model whose prediction depends on the rows beside it', async () => {
      const bytes = model([
        node('MatMul', ['input', 'w'], ['y']),
        node('ReduceMax', ['y'], ['top']),
        node('Sub', ['y', 'top'], ['output']),
        message(5, ...tensor('w', [11, 1], new Array<number>(11).fill(1))),
        value(11, 'input', [null, 11]),
        value(12, 'output', [null, 1]),
      ]);
      expect(await gate.check(bytes, REQUEST)).toMatchObject({ accepted: false, code: 'batch-dependent' });
    });

    it('refuses a model that gives one value for the whole batch', async () => {
      const bytes = model([
        node('ReduceMax', ['input'], ['output']),
        value(11, 'input', [null, 11]),
        value(12, 'output', [null, 1]),
      ]);
      expect(await gate.check(bytes, REQUEST)).toMatchObject({ accepted: false, code: 'output-shape' });
    });
  });

  it('leaves no process behind', async () => {
    await gate.check(linearModel(), REQUEST);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(childrenOf(process.pid, 'onnx-gate-process')).toEqual([]);
  });

  it('refuses sample rows that are not whole rows', async () => {
    await expect(gate.check(linearModel(), { ...REQUEST, sampleRows: new Float64Array(12) })).rejects.toThrow(
      RangeError,
    );
  });
});

/** Command lines of the processes that this one started and that mention `word`; Linux only, elsewhere none. */
function childrenOf(parent: number, word: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => readProcess(pid))
    .filter((found) => found.parent === parent && found.command.includes(word))
    .map((found) => found.command);
}

function readProcess(pid: string): { parent: number; command: string } {
  try {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'latin1') };
  } catch {
    return { parent: -1, command: '' };
  }
}
