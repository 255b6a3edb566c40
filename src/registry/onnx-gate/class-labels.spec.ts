import {
  attribute,
  int,
  ints,
  intsAttribute,
  message,
  model,
  node,
  type Part,
  raw,
  stringsAttribute,
  text,
  value,
} from '../../../test/golden/onnx/onnx-builder.js';
import { ClassLabels } from './class-labels.js';
import { inspectOnnx } from './inspect-onnx.js';
import type { LabelClasses } from './onnx-summary.js';

const ML = 'ai.onnx.ml';

/** Classes of output `label` of a graph with these parts. */
function classesOf(...graph: Part[]): LabelClasses | undefined {
  const frame = [value(11, 'input', [null, 11]), value(12, 'label', [null], 7)];
  return inspectOnnx(model([...graph, ...frame])).outputs[0]?.classes;
}

const classifier = (output: string, labels: Part): Part =>
  node('LinearClassifier', ['input'], [output, 'p'], { domain: ML, attributes: [labels] });

describe(ClassLabels.name, () => {
  it('reads integer and string labels of a classifier', () => {
    expect(classesOf(classifier('label', intsAttribute('classlabels_ints', [7, -2])))).toEqual({ values: [7, -2] });
    expect(classesOf(classifier('label', stringsAttribute('classlabels_strings', ['ok', 'änders'])))).toEqual({
      values: ['ok', 'änders'],
    });
  });

  it('follows casts and reshapes back to the classifier', () => {
    const back = [
      classifier('raw', intsAttribute('classlabels_ints', [1, 2])),
      node('Cast', ['raw'], ['cast']),
      node('Reshape', ['cast', 'shape'], ['label']),
    ];
    expect(classesOf(...back)).toEqual({ values: [1, 2] });
  });

  it('sends labels through a LabelEncoder', () => {
    const encoder = node('LabelEncoder', ['raw'], ['label'], {
      domain: ML,
      attributes: [intsAttribute('keys_int64s', [0, 1, 2]), stringsAttribute('values_strings', ['low', 'mid', 'high'])],
    });
    expect(classesOf(classifier('raw', intsAttribute('classlabels_ints', [2, 0])), encoder)).toEqual({
      values: ['high', 'low'],
    });
    expect(classesOf(node('ArgMax', ['input'], ['raw']), encoder)).toEqual({ values: ['low', 'mid', 'high'] });
    expect(classesOf(classifier('raw', intsAttribute('classlabels_ints', [9, 0])), encoder)).toBeUndefined();
  });

  it('reads a table of labels, in packed and in raw form', () => {
    const extract = node('ArrayFeatureExtractor', ['table', 'best'], ['label'], { domain: ML });
    const packed = message(5, ints(1, [2]), int(2, 7), text(8, 'table'), ints(7, [4, 6]));
    const rawData = message(
      5,
      ints(1, [2]),
      int(2, 6),
      text(8, 'table'),
      raw(9, new Uint8Array(Int32Array.of(4, -6).buffer)),
    );
    const rawLong = message(
      5,
      ints(1, [2]),
      int(2, 7),
      text(8, 'table'),
      raw(9, new Uint8Array(BigInt64Array.of(4n, -6n).buffer)),
    );
    const strings = message(5, ints(1, [2]), int(2, 8), text(8, 'table'), text(6, 'a'), text(6, 'b'));
    expect(classesOf(extract, packed)).toEqual({ values: [4, 6] });
    expect(classesOf(extract, rawData)).toEqual({ values: [4, -6] });
    expect(classesOf(extract, rawLong)).toEqual({ values: [4, -6] });
    expect(classesOf(extract, strings)).toEqual({ values: ['a', 'b'] });
  });

  it('takes ArgMax for positions', () => {
    expect(classesOf(node('ArgMax', ['input'], ['label']))).toBe('positions');
  });

  it('knows nothing of labels that are computed otherwise, run in a circle, or come straight from the input', () => {
    expect(classesOf(node('Add', ['input', 'input'], ['label']))).toBeUndefined();
    expect(classesOf(node('Cast', ['label'], ['label']))).toBeUndefined();
    expect(classesOf(node('Cast', ['input'], ['label']))).toBeUndefined();
    expect(classesOf(classifier('label', attribute('classlabels_ints', 7)))).toBeUndefined();
  });

  it('does not take labels beyond the integers a number can hold', () => {
    expect(classesOf(classifier('label', intsAttribute('classlabels_ints', [0, 2 ** 60])))).toBeUndefined();
  });
});
