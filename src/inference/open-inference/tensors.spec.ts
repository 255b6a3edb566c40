import type { ModelSignature } from '../../registry/onnx-gate/model-signature.js';
import { inputMetadata, outputMetadata, readInputs, writeOutputs } from './tensors.js';

const MATRIX: ModelSignature = {
  featureNames: ['a', 'b'],
  input: { kind: 'tensor', name: 'x', elementType: 'float' },
  output: { task: 'regression', name: 'y' },
};
const COLUMNS: ModelSignature = {
  featureNames: ['a', 'b'],
  input: {
    kind: 'columns',
    columns: [
      { name: 'B', elementType: 'float', featureIndex: 1 },
      { name: 'A', elementType: 'double', featureIndex: 0 },
    ],
  },
  output: {
    task: 'classification',
    label: { name: 'label', elementType: 'string' },
    probabilities: { name: 'p', zipMap: false },
    classes: ['bad', 'good'],
  },
};
const tensor = (name: string, shape: number[], data: unknown[], datatype = 'FP32') => ({ name, shape, datatype, data });

describe(readInputs.name, () => {
  it('reads a matrix, flat or nested, and null as a missing value', () => {
    expect(readInputs(MATRIX, [tensor('x', [2, 2], [1, 2, 3, 4])], 10)).toEqual({
      rows: Float64Array.of(1, 2, 3, 4),
      rowCount: 2,
    });
    expect(
      readInputs(
        MATRIX,
        [
          tensor(
            'x',
            [2, 2],
            [
              [1, 2],
              [3, null],
            ],
          ),
        ],
        10,
      ).rows,
    ).toEqual(Float64Array.of(1, 2, 3, Number.NaN));
  });

  it('puts named columns in the order of the features', () => {
    const inputs = [tensor('A', [2, 1], [1, 3]), tensor('B', [2], [2, 4])];
    expect(readInputs(COLUMNS, inputs, 10)).toEqual({ rows: Float64Array.of(1, 2, 3, 4), rowCount: 2 });
  });

  it.each([
    ['an unknown name', [tensor('z', [1, 2], [1, 2])], 'input "z" is not one of the model\'s: x'],
    [
      'a wrong width',
      [tensor('x', [1, 3], [1, 2, 3])],
      'input "x": shape must be [rows, 2] with at least one row, but is [1, 3]',
    ],
    ['no rows', [tensor('x', [0, 2], [])], 'shape must be [rows, 2] with at least one row, but is [0, 2]'],
    ['too little data', [tensor('x', [2, 2], [1])], 'data must have 4 values, but has 1'],
    ['a text', [tensor('x', [1, 2], [1, 'hot'])], 'data[1] must be a number, but is "hot"'],
    ['a type without numbers', [tensor('x', [1, 2], ['a', 'b'], 'BYTES')], 'datatype must be one of'],
    ['too many rows', [tensor('x', [11, 2], new Array(22).fill(0))], 'at most 10 rows are taken at once'],
    [
      'an input twice',
      [tensor('x', [1, 2], [1, 2]), tensor('x', [1, 2], [1, 2])],
      'must be given once, but is given 2 times',
    ],
  ])('refuses %s', (_, inputs, message) => {
    expect(() => readInputs(MATRIX, inputs, 10)).toThrow(message);
  });

  it('refuses columns of different lengths', () => {
    const inputs = [tensor('A', [2, 1], [1, 3]), tensor('B', [1, 1], [2])];
    expect(() => readInputs(COLUMNS, inputs, 10)).toThrow('must have');
  });
});

describe('metadata and outputs', () => {
  it('describe a model as the protocol does', () => {
    expect(inputMetadata(MATRIX)).toEqual([{ name: 'x', datatype: 'FP32', shape: [-1, 2] }]);
    expect(inputMetadata(COLUMNS).map(({ name, datatype }) => [name, datatype])).toEqual([
      ['B', 'FP32'],
      ['A', 'FP64'],
    ]);
    expect(outputMetadata(COLUMNS)).toEqual([
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'p', datatype: 'FP32', shape: [-1, 2] },
    ]);
  });

  it('join the predictions of several batches', () => {
    const parts = [Float64Array.of(1, 2), Float64Array.of(Number.NaN)].map((values) => ({
      task: 'regression' as const,
      values,
    }));
    expect(writeOutputs(MATRIX, parts, 3)).toEqual([
      { name: 'y', datatype: 'FP32', shape: [3, 1], data: [1, 2, null] },
    ]);
  });
});
