import {
  attribute,
  build,
  floats,
  int,
  intAttribute,
  ints,
  linearModel,
  message,
  model,
  node,
  type Part,
  raw,
  tensor,
  text,
  value,
} from '../../../test/golden/onnx/onnx-builder.js';
import {
  hostileFiles,
  loadOnnxFixture,
  onnxFixtureNames,
  readHostile,
} from '../../../test/golden/onnx/onnx-fixtures.js';
import { inspectOnnx } from './inspect-onnx.js';
import { DEFAULT_ONNX_GATE_LIMITS, type OnnxGateLimits } from './onnx-gate-limits.js';
import { OnnxRefusedError } from './onnx-refused-error.js';

const FRAME = [value(11, 'input', [null, 11]), value(12, 'output', [null, 1])];
const ONE_NODE = node('Relu', ['input'], ['output']);
const LENIENT = { allowControlFlow: true, allowFunctions: true };

/** The refusal of a file; fails when it is let in or when another error comes. */
function refusal(bytes: Uint8Array, limits: Partial<OnnxGateLimits> = {}): OnnxRefusedError {
  try {
    inspectOnnx(bytes, { ...DEFAULT_ONNX_GATE_LIMITS, ...limits });
  } catch (error) {
    if (error instanceof OnnxRefusedError) return error;
    throw error;
  }
  throw new Error('The file was let in.');
}

/** A tensor whose data lies elsewhere. */
const EXTERNAL: Part[] = [
  ints(1, [11, 1]),
  int(2, 1),
  text(8, 'w'),
  message(13, text(1, 'location'), text(2, 'w.bin')),
  int(14, 1),
];

/** A constant of two floats with the given dims. */
const withDims = (dims: number[]): Uint8Array =>
  model([ONE_NODE, message(5, ints(1, dims), int(2, 1), text(8, 'w'), raw(9, new Uint8Array(8))), ...FRAME]);

describe(inspectOnnx.name, () => {
  describe('sound files', () => {
    it('tells what is in a linear model', () => {
      expect(inspectOnnx(linearModel())).toMatchObject({
        irVersion: 8,
        opsets: { 'ai.onnx': 17, 'ai.onnx.ml': 3 },
        nodeCount: 1,
        operators: { MatMul: 1 },
        initializerCount: 1,
        initializerBytes: 44,
        inputs: [{ name: 'input', type: { kind: 'tensor', elementType: 'float', shape: ['N', 11] } }],
        outputs: [{ name: 'output', type: { kind: 'tensor', elementType: 'float', shape: ['N', 1] } }],
      });
    });

    it.each(onnxFixtureNames())('lets %s in', (name) => {
      expect(inspectOnnx(loadOnnxFixture(name).bytes).nodeCount).toBeGreaterThan(0);
    });

    it('reads class labels and the tensor behind a ZipMap', () => {
      const { outputs } = inspectOnnx(loadOnnxFixture('sklearn-logistic-zipmap-on').bytes);
      expect(outputs).toMatchObject([
        { name: 'output_label', classes: { values: [0, 1] } },
        { name: 'output_probability', zipMap: { tensor: 'probabilities', classes: [0, 1] } },
      ]);
    });

    it('leaves constants out of the inputs, as old files list them there', () => {
      const bytes = model([ONE_NODE, message(5, ...tensor('w', [1], [1])), value(11, 'w', [1]), ...FRAME], {
        irVersion: 3,
      });
      expect(inspectOnnx(bytes).inputs.map((input) => input.name)).toEqual(['input']);
    });

    it('passes over fields it does not know', () => {
      const unknown = [int(999, 5), raw(1000, new Uint8Array(20))];
      expect(inspectOnnx(model([ONE_NODE, ...FRAME, ...unknown], { extra: unknown })).nodeCount).toBe(1);
    });

    it('reads lists that are packed and lists that are not', () => {
      const unpacked = message(5, int(1, 2), int(1, 1), int(2, 1), text(8, 'w'), floats(4, [1, 2]));
      expect(inspectOnnx(model([ONE_NODE, unpacked, ...FRAME])).initializerBytes).toBe(8);
    });
  });

  describe('data outside of the file', () => {
    const cases: [where: string, bytes: Uint8Array][] = [
      ['an initializer', model([ONE_NODE, message(5, ...EXTERNAL), ...FRAME])],
      [
        'a location without the flag',
        model([ONE_NODE, message(5, ...tensor('w', [1], [1]), message(13, text(1, 'location'))), ...FRAME]),
      ],
      ['the flag without a location', model([ONE_NODE, message(5, ...tensor('w', [1], [1]), int(14, 1)), ...FRAME])],
      // Parsers cut an enum to 32 bits: 2^32 + 1 means EXTERNAL to ONNX Runtime.
      [
        'a flag beyond 32 bits',
        model([ONE_NODE, message(5, ...tensor('w', [1], [1]), int(14, 2 ** 32 + 1)), ...FRAME]),
      ],
      [
        'an attribute',
        model([
          node('Constant', [], ['output'], { attributes: [attribute('value', 4, message(5, ...EXTERNAL))] }),
          ...FRAME,
        ]),
      ],
      [
        'an attribute list',
        model([
          node('Relu', ['input'], ['output'], { attributes: [attribute('x', 9, message(10, ...EXTERNAL))] }),
          ...FRAME,
        ]),
      ],
      [
        'an initializer of a subgraph of a subgraph',
        model([nested([nested([ONE_NODE, message(5, ...EXTERNAL)])]), ...FRAME]),
      ],
      [
        'a constant in a function',
        model([ONE_NODE, ...FRAME], {
          extra: [
            message(
              25,
              text(1, 'f'),
              text(10, 'own'),
              // A node of a function is field 7.
              message(7, text(2, 'y'), text(4, 'Constant'), attribute('value', 4, message(5, ...EXTERNAL))),
            ),
          ],
        }),
      ],
    ];
    it.each(cases)('refuses it in %s', (_, bytes) => {
      expect(refusal(bytes, LENIENT)).toMatchObject({ code: 'external-data' });
    });
  });

  describe('graphs in graphs', () => {
    it.each([6, 11])('refuses a subgraph in attribute field %i, whatever type the attribute says it has', (field) => {
      const graph = attribute('x', 1, message(field, text(2, 'inner'), ONE_NODE));
      const bytes = model([node('Relu', ['input'], ['output'], { attributes: [graph] }), ...FRAME]);
      expect(refusal(bytes)).toMatchObject({ code: 'subgraph' });
    });

    it('checks the operators and counts the nodes of subgraphs when those are allowed', () => {
      const foreign = model([nested([node('Expand', ['input'], ['y'])]), ...FRAME]);
      expect(refusal(foreign, LENIENT)).toMatchObject({ code: 'operator' });
      const many = model([nested([ONE_NODE, ONE_NODE, ONE_NODE]), ...FRAME]);
      expect(refusal(many, { ...LENIENT, maxNodes: 3 })).toMatchObject({ code: 'too-many-nodes' });
    });

    it('refuses nesting without end instead of running out of stack', () => {
      let inner = build(text(2, 'inner'));
      // Hand-nested: a builder that recursed would be the first to fall.
      for (let depth = 0; depth < 3_000; depth++) inner = build(message(1, text(4, 'If'), message(5, raw(6, inner))));
      const bytes = build(int(1, 8), raw(7, inner));
      expect(refusal(bytes, LENIENT)).toMatchObject({ code: 'nesting' });
    });

    it('refuses types nested without end', () => {
      let type = build(message(1, int(1, 1)));
      for (let depth = 0; depth < 3_000; depth++) type = build(message(4, raw(1, type)));
      const bytes = model([ONE_NODE, message(11, text(1, 'input'), raw(2, type)), ...FRAME]);
      expect(refusal(bytes)).toMatchObject({ code: 'nesting' });
    });

    it('refuses functions, and functions that redefine an operator even when functions are allowed', () => {
      const own = (domain: string) =>
        model([ONE_NODE, ...FRAME], { extra: [message(25, text(1, 'Relu'), text(10, domain))] });
      expect(refusal(own('own'))).toMatchObject({ code: 'function' });
      expect(refusal(own(''), LENIENT)).toMatchObject({ code: 'domain' });
      expect(inspectOnnx(own('own'), { ...DEFAULT_ONNX_GATE_LIMITS, ...LENIENT }).nodeCount).toBe(1);
    });

    it('refuses training graphs', () => {
      expect(refusal(model([ONE_NODE, ...FRAME], { extra: [message(20)] }))).toMatchObject({ code: 'training' });
    });
  });

  describe('constants', () => {
    it.each([
      ['more elements than there are', [11, 2 ** 40]],
      ['fewer elements than there are', [1]],
      ['a product beyond 2^53', [2 ** 31, 2 ** 31, 2 ** 31]],
      ['a negative size', [-2, -1]],
      ['nine dimensions', [1, 1, 1, 1, 1, 1, 1, 1, 2]],
    ])('refuses dims that promise %s', (_, dims) => {
      expect(refusal(withDims(dims))).toMatchObject({ code: 'initializer-size' });
    });

    it('takes dims that fit', () => {
      expect(inspectOnnx(withDims([2, 1])).initializerBytes).toBe(8);
    });

    it('refuses data in a field of another type, and in two fields at once', () => {
      const wrong = message(5, ints(1, [2]), int(2, 1), text(8, 'w'), ints(7, [1, 2]));
      const twice = message(5, ...tensor('w', [2], [1, 2]), floats(4, [1, 2]));
      expect(refusal(model([ONE_NODE, wrong, ...FRAME]))).toMatchObject({ code: 'initializer-size' });
      expect(refusal(model([ONE_NODE, twice, ...FRAME]))).toMatchObject({ code: 'initializer-size' });
    });

    it('refuses data of another type beside the right data', () => {
      const beside = message(5, ...tensor('w', [2], [1, 2]), ints(7, [1, 2]));
      expect(refusal(model([ONE_NODE, beside, ...FRAME]))).toMatchObject({ code: 'initializer-size' });
    });

    it('refuses a constant above the limit and element types of quantised models', () => {
      expect(refusal(withDims([2]), { maxTensorBytes: 7 })).toMatchObject({ code: 'tensor-limit' });
      const int4 = message(5, ints(1, [2]), int(2, 22), text(8, 'w'), raw(9, new Uint8Array(1)));
      expect(refusal(model([ONE_NODE, int4, ...FRAME]))).toMatchObject({ code: 'tensor-type' });
    });

    it('refuses sparse constants in attributes', () => {
      const sparse = attribute('sparse_value', 11, message(22));
      const bytes = model([node('Constant', [], ['output'], { attributes: [sparse] }), ...FRAME]);
      expect(refusal(bytes)).toMatchObject({ code: 'sparse-initializer' });
    });
  });

  describe('versions and operators', () => {
    it.each([
      ['opset 6', { opset: 6 }],
      ['opset 27', { opset: 27 }],
      ['opset -1', { opset: -1 }],
      ['ir_version 2', { irVersion: 2 }],
      ['ir_version 14', { irVersion: 14 }],
      ['two opsets of one domain', { extra: [message(8, text(1, 'ai.onnx'), int(2, 16))] }],
    ])('refuses %s', (_, options) => {
      expect(refusal(model([ONE_NODE, ...FRAME], options))).toMatchObject({ code: 'opset' });
    });

    it('refuses an operator of a domain whose version is not given', () => {
      const bytes = build(int(1, 8), message(8, text(1, 'ai.onnx.ml'), int(2, 3)), message(7, ONE_NODE, ...FRAME));
      expect(refusal(bytes)).toMatchObject({ code: 'opset' });
    });

    it('refuses a domain that only a node names', () => {
      const bytes = model([node('Relu', ['input'], ['output'], { domain: 'com.microsoft' }), ...FRAME]);
      expect(refusal(bytes)).toMatchObject({ code: 'domain' });
    });

    it.each(['ConstantOfShape', 'Expand', 'Tile', 'Range', 'RandomNormal', 'Loop', 'relu', ''])(
      'refuses operator "%s"',
      (name) => {
        expect(refusal(model([node(name, ['input'], ['output']), ...FRAME]))).toMatchObject({ code: 'operator' });
      },
    );

    it('takes another list of operators', () => {
      const bytes = model([node('Tile', ['input'], ['output']), ...FRAME]);
      expect(inspectOnnx(bytes, { ...DEFAULT_ONNX_GATE_LIMITS, allowedOperators: ['Tile'] }).operators).toEqual({
        Tile: 1,
      });
    });
  });

  describe('bytes that are no model', () => {
    it.each([
      ['a pickle of protocol 2', [0x80, 2, 0x7d], 'pickle'],
      ['a pickle of protocol 5', [0x80, 5, 0x95], 'pickle'],
      ['a zip file', [0x50, 0x4b, 3, 4], 'archive'],
      ['a gzip file', [0x1f, 0x8b, 8], 'archive'],
      ['an HDF5 file', [0x89, 0x48, 0x44, 0x46], 'archive'],
    ])('refuses %s with a hint how to convert', (_, bytes, code) => {
      expect(refusal(Uint8Array.from(bytes))).toMatchObject({ code, hint: expect.stringContaining('skl2onnx') });
    });

    it("refuses a sound model that carries ONNX Runtime's mark for its own format", () => {
      // Field 2 (producer), 8 bytes: "..ORTM..": protobuf for one reader, flatbuffers for the other.
      const bytes = build(text(2, 'xxORTMxx'), raw(7, build(ONE_NODE, ...FRAME)), int(1, 8), message(8, int(2, 17)));
      expect(
        inspectOnnx(build(text(2, 'xxxxxxxx'), raw(7, build(ONE_NODE, ...FRAME)), int(1, 8), message(8, int(2, 17))))
          .nodeCount,
      ).toBe(1);
      expect(refusal(bytes)).toMatchObject({ code: 'ort-format' });
    });

    it('refuses a second graph, which ONNX Runtime would merge with the first', () => {
      const second = message(7, message(5, ...EXTERNAL));
      expect(refusal(model([ONE_NODE, ...FRAME], { extra: [second] }))).toMatchObject({
        code: 'not-onnx',
        message: expect.stringContaining('twice'),
      });
    });

    it.each([
      ['a cut-off number', [0x08, 0x80]],
      ['a number of eleven bytes', [0x08, ...new Array<number>(10).fill(0xff), 1]],
      ['a length past the end', [0x3a, 0x7f, 0]],
      ['a negative length', [0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
      ['field number 0', [0x02, 0]],
      ['a group', [0x0b, 0x0c]],
      ['a graph that is a number', [0x38, 1]],
      ['a name that is not UTF-8', [0x12, 2, 0xc3, 0x28]],
      ['a value that ends beyond its message', [0x3a, 2, 0x12, 5, 1, 1, 1, 1, 1]],
    ])('refuses %s', (_, bytes) => {
      expect(refusal(Uint8Array.from(bytes))).toMatchObject({ code: 'not-onnx' });
    });

    it('refuses a file of nothing but tiny messages before it fills the memory', () => {
      const empty = Uint8Array.from({ length: 2_000_000 }, (_, i) => (i % 2 === 0 ? 0x0a : 0));
      const started = performance.now();
      expect(refusal(build(int(1, 8), raw(7, empty)))).toMatchObject({ code: 'too-many-nodes' });
      expect(performance.now() - started).toBeLessThan(3_000);
    });

    it('refuses each hostile file by reading alone, but for those only a trial or the dataset can tell', () => {
      const later = ['nan-output.onnx', 'string-input.onnx', 'wrong-rank-input.onnx', 'wrong-width-input.onnx'];
      for (const file of hostileFiles()) {
        const bytes = readHostile(file);
        if (later.includes(file)) expect(inspectOnnx(bytes).nodeCount).toBeGreaterThan(0);
        else expect(refusal(bytes)).toBeInstanceOf(OnnxRefusedError);
      }
    });
  });

  describe('damaged bytes', () => {
    it('answers 300 files with flipped bytes by a summary or a refusal, and quickly', () => {
      const sound = ['sklearn-mlp-regressor', 'sklearn-logistic-zipmap-on', 'sklearn-pipeline-named-inputs'].map(
        (name) => loadOnnxFixture(name).bytes,
      );
      const random = xorshift(20_260_101);
      const started = performance.now();
      let refused = 0;
      for (let i = 0; i < 300; i++) {
        const bytes = Uint8Array.from(sound[i % sound.length]!);
        for (let flips = 1 + (random() % 8); flips > 0; flips--) bytes[random() % bytes.length] = random() % 256;
        const damaged = random() % 4 === 0 ? bytes.subarray(0, random() % bytes.length) : bytes;
        try {
          expect(inspectOnnx(damaged).nodeCount).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof OnnxRefusedError)) throw error;
          refused += 1;
        }
      }
      expect(refused).toBeGreaterThan(50);
      expect(refused).toBeLessThan(300);
      expect(performance.now() - started).toBeLessThan(3_000);
    });

    it('refuses every prefix of a sound file', () => {
      const bytes = loadOnnxFixture('sklearn-pipeline-scaler-ridge').bytes;
      for (let length = 0; length < bytes.length; length++) {
        try {
          // A cut between two fields leaves a shorter but readable file; it must still hold a whole graph.
          expect(inspectOnnx(bytes.subarray(0, length)).outputs.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(OnnxRefusedError);
        }
      }
    });
  });
});

/** An If node around a graph. */
function nested(graph: Part[]): Part {
  return node('If', ['input'], ['output'], {
    attributes: [attribute('then_branch', 5, message(6, text(2, 'inner'), ...graph)), intAttribute('n', 1)],
  });
}

/** Xorshift32; unsigned. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
