import { FIXTURE_FEATURES, loadOnnxFixture } from '../../../test/golden/onnx/onnx-fixtures.js';
import { inspectOnnx } from './inspect-onnx.js';
import { resolveSignature } from './model-signature.js';
import { stripZipMap } from './strip-zip-map.js';

const REQUEST = { featureNames: FIXTURE_FEATURES, task: 'classification' as const };

describe(stripZipMap.name, () => {
  it('makes the tensor behind the ZipMap an output and changes nothing else', () => {
    const { bytes } = loadOnnxFixture('sklearn-logistic-zipmap-on');
    const before = inspectOnnx(bytes);
    const after = inspectOnnx(stripZipMap(bytes, resolveSignature(before, REQUEST)));
    expect(after.outputs.map((output) => output.name)).toEqual(['output_label', 'probabilities']);
    expect(after.outputs[1]!.type).toEqual({ kind: 'tensor', elementType: 'float', shape: null });
    const { 'ai.onnx.ml.ZipMap': zipMaps, ...others } = before.operators;
    expect(zipMaps).toBe(1);
    expect(after.operators).toEqual(others);
    expect(after.inputs).toEqual(before.inputs);
    expect(after.initializerBytes).toBe(before.initializerBytes);
  });

  it('gives back the very same bytes when there is no ZipMap to take off', () => {
    const { bytes } = loadOnnxFixture('sklearn-logistic-zipmap-off');
    expect(stripZipMap(bytes, resolveSignature(inspectOnnx(bytes), REQUEST))).toBe(bytes);
  });
});
