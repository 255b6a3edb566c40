import { runtimeMessage } from './runtime-message.js';

describe(runtimeMessage.name, () => {
  it('leaves out source paths and C++ signatures', () => {
    const initialization =
      'Exception during initialization: /onnxruntime_src/onnxruntime/core/providers/cpu/ml/linearclassifier.cc:41 onnxruntime::ml::LinearClassifier::LinearClassifier(const onnxruntime::OpKernelInfo&) class_count_ > 0 was false. LinearClassifier: intercepts must not be empty.';
    expect(runtimeMessage(new Error(initialization))).toBe(
      'Exception during initialization: class_count_ > 0 was false. LinearClassifier: intercepts must not be empty.',
    );
    const template =
      'Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/ml/tree_ensemble_common.h:624 void onnxruntime::ml::detail::TreeEnsembleCommon<InputType>::ComputeAgg(onnxruntime::Tensor*, const AGG&) const [with AGG = onnxruntime::ml::detail::Sum<float, float>; InputType = float] One path in the graph requests feature 40 but input tensor has 11 features.';
    expect(runtimeMessage(new Error(template))).toBe(
      'Status Message: One path in the graph requests feature 40 but input tensor has 11 features.',
    );
  });

  it('keeps other messages as they are, up to 300 characters', () => {
    expect(runtimeMessage('no such input')).toBe('no such input');
    expect(runtimeMessage(new Error('x'.repeat(400)))).toHaveLength(300);
  });
});
