import { FIXTURE_FEATURES, loadOnnxFixture, onnxFixtureNames } from '../../../test/golden/onnx/onnx-fixtures.js';
import { inspectOnnx } from './inspect-onnx.js';
import { type ModelSignature, resolveSignature } from './model-signature.js';
import { OnnxRefusedError } from './onnx-refused-error.js';
import type { LabelClasses, OnnxSummary, OnnxValue } from './onnx-summary.js';

const FEATURES = ['moisture', 'height', 'T_1'];

function tensor(
  name: string,
  elementType: string,
  shape: (number | string | null)[] | null,
  classes?: LabelClasses,
): OnnxValue {
  return { name, type: { kind: 'tensor', elementType, shape }, classes };
}

const MATRIX = tensor('x', 'float', ['N', 3]);
const COLUMNS = FEATURES.map((name) => tensor(name, 'float', [null, 1]));
const PREDICTION = tensor('y', 'float', ['N', 1]);
const LABEL = tensor('label', 'int64', ['N'], { values: [3, 5] });
const PROBABILITIES = tensor('p', 'float', ['N', 2]);

function resolve(
  inputs: OnnxValue[],
  outputs: OnnxValue[],
  task: 'regression' | 'classification' = 'regression',
): ModelSignature {
  const rest = {
    irVersion: 8,
    opsets: {},
    producer: '',
    nodeCount: 1,
    operators: {},
    initializerCount: 0,
    initializerBytes: 0,
  };
  const summary: OnnxSummary = { ...rest, inputs, outputs };
  return resolveSignature(summary, { featureNames: FEATURES, task });
}

function refusal(inputs: OnnxValue[], outputs: OnnxValue[], task?: 'regression' | 'classification'): OnnxRefusedError {
  try {
    resolve(inputs, outputs, task);
  } catch (error) {
    if (error instanceof OnnxRefusedError) return error;
    throw error;
  }
  throw new Error('The signature was accepted.');
}

describe(resolveSignature.name, () => {
  it.each(onnxFixtureNames())('is found for %s and survives JSON', (name) => {
    const fixture = loadOnnxFixture(name);
    const signature = resolveSignature(inspectOnnx(fixture.bytes), {
      featureNames: FIXTURE_FEATURES,
      task: fixture.task,
    });
    expect(signature.input.kind).toBe(name === 'sklearn-pipeline-named-inputs' ? 'columns' : 'tensor');
    expect(signature.output.task).toBe(fixture.task);
    expect(JSON.parse(JSON.stringify(signature))).toEqual(signature);
  });

  describe('input', () => {
    it('is one matrix of floats or doubles', () => {
      expect(resolve([MATRIX], [PREDICTION]).input).toEqual({ kind: 'tensor', name: 'x', elementType: 'float' });
      const doubles = tensor('x', 'double', [null, 3]);
      expect(resolve([doubles], [PREDICTION]).input).toEqual({ kind: 'tensor', name: 'x', elementType: 'double' });
    });

    it('is one column per feature in any order, by name and if need be without regard to case', () => {
      const inputs = [
        tensor('t_1', 'double', [null, 1]),
        tensor('Moisture', 'float', ['N', 1]),
        tensor('HEIGHT', 'float', [null, 1]),
      ];
      expect(resolve(inputs, [PREDICTION]).input).toEqual({
        kind: 'columns',
        columns: [
          { name: 't_1', elementType: 'double', featureIndex: 2 },
          { name: 'Moisture', elementType: 'float', featureIndex: 0 },
          { name: 'HEIGHT', elementType: 'float', featureIndex: 1 },
        ],
      });
    });

    it.each<[what: string, code: string, message: RegExp, inputs: OnnxValue[]]>([
      ['no input', 'input-count', /0 inputs/, []],
      ['two inputs for three features', 'input-count', /"moisture": float \[N, 1\]/, COLUMNS.slice(0, 2)],
      [
        'an input that is no feature',
        'input-name',
        /"speed".*moisture, height, T_1/,
        [...COLUMNS.slice(1), tensor('speed', 'float', [null, 1])],
      ],
      [
        'the same feature twice',
        'input-name',
        /none takes height/,
        [COLUMNS[0]!, COLUMNS[2]!, tensor('t_1', 'float', [null, 1])],
      ],
      ['one column too many', 'input-width', /takes 4 columns.*needs 3/, [tensor('x', 'float', [null, 4])]],
      ['an open width', 'input-width', /an open number of columns/, [tensor('x', 'float', [null, null])]],
      ['a named width', 'input-width', /M columns/, [tensor('x', 'float', ['N', 'M'])]],
      ['rank 1', 'input-rank', /\[3\]/, [tensor('x', 'float', [3])]],
      ['an unknown rank', 'input-rank', /unknown shape/, [tensor('x', 'float', null)]],
      ['a fixed number of rows', 'fixed-batch', /exactly 1 rows/, [tensor('x', 'float', [1, 3])]],
      ['integers', 'input-type', /int64/, [tensor('x', 'int64', [null, 3])]],
      ['half precision', 'input-type', /float16/, [tensor('x', 'float16', [null, 3])]],
      ['something that is no tensor', 'input-type', /not a tensor/, [{ name: 'x', type: { kind: 'other' } }]],
    ])('is refused when it is %s', (_, code, message, inputs) => {
      expect(refusal(inputs, [PREDICTION])).toMatchObject({ code, message: expect.stringMatching(message) });
    });
  });

  describe('regression output', () => {
    it.each<[(number | string | null)[] | null]>([[['N', 1]], [[null]], [null], [['N', null]]])(
      'may have shape %j',
      (shape) => {
        expect(resolve([MATRIX], [tensor('y', 'double', shape)]).output).toEqual({ task: 'regression', name: 'y' });
      },
    );

    it.each<[what: string, code: string, outputs: OnnxValue[]]>([
      ['missing', 'output-type', []],
      ['an integer', 'output-type', [LABEL]],
      ['a classifier', 'output-type', [LABEL, PROBABILITIES]],
      ['two numbers per row', 'output-shape', [PROBABILITIES]],
      ['of rank 3', 'output-shape', [tensor('y', 'float', ['N', 1, 1])]],
      ['one of two', 'output-count', [PREDICTION, tensor('deviation', 'float', ['N', 1])]],
    ])('is refused when it is %s', (_, code, outputs) => {
      expect(refusal([MATRIX], outputs)).toMatchObject({ code });
    });
  });

  describe('classification output', () => {
    const zipped: OnnxValue = {
      name: 'z',
      type: { kind: 'sequence-of-maps', keyType: 'string', valueType: 'float' },
      zipMap: { tensor: 'behind', classes: ['bad', 'good'] },
    };

    it('is a label and a matrix of probabilities, with the classes the model names', () => {
      expect(resolve([MATRIX], [LABEL, PROBABILITIES], 'classification').output).toEqual({
        task: 'classification',
        label: { name: 'label', elementType: 'int64' },
        probabilities: { name: 'p', zipMap: false },
        classes: [3, 5],
      });
    });

    it('may come in the other order, and through a ZipMap', () => {
      const label = tensor('label', 'string', [null], { values: ['bad', 'good'] });
      expect(resolve([MATRIX], [zipped, label], 'classification').output).toMatchObject({
        label: { name: 'label', elementType: 'string' },
        probabilities: { name: 'behind', zipMap: true },
        classes: ['bad', 'good'],
      });
    });

    it('has classes 0, 1, 2, … when the label is a position', () => {
      const label = tensor('label', 'int64', [null], 'positions');
      const scores = tensor('p', 'float', [null, 3]);
      expect(resolve([MATRIX], [label, scores], 'classification').output).toMatchObject({ classes: [0, 1, 2] });
    });

    it.each<[what: string, code: string, outputs: OnnxValue[]]>([
      ['without probabilities', 'output-type', [LABEL]],
      ['without a label', 'output-type', [PROBABILITIES]],
      ['with a third output', 'output-count', [LABEL, PROBABILITIES, PREDICTION]],
      ['without known classes', 'classes', [tensor('label', 'int64', [null]), PROBABILITIES]],
      ['of one class', 'classes', [tensor('label', 'int64', [null], { values: [1] }), PROBABILITIES]],
      ['with a class twice', 'classes', [tensor('label', 'int64', [null], { values: [1, 1] }), PROBABILITIES]],
      ['with labels of another type than its classes', 'classes', [LABEL, zipped]],
    ])('is refused %s', (_, code, outputs) => {
      expect(refusal([MATRIX], outputs, 'classification')).toMatchObject({ code });
    });
  });
});
