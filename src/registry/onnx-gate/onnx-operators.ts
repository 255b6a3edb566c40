const CLASSICAL = [
  // Classical machine learning.
  ...['ArrayFeatureExtractor', 'Binarizer', 'FeatureVectorizer', 'Imputer', 'LabelEncoder', 'LinearClassifier'],
  ...['LinearRegressor', 'Normalizer', 'OneHotEncoder', 'SVMClassifier', 'SVMRegressor', 'Scaler', 'TreeEnsemble'],
  ...['TreeEnsembleClassifier', 'TreeEnsembleRegressor', 'ZipMap'],
].map((name) => `ai.onnx.ml.${name}`);

const CORE = [
  // Arithmetic.
  ...[
    'Abs',
    'Add',
    'Ceil',
    'Clip',
    'Cos',
    'Div',
    'Erf',
    'Exp',
    'Floor',
    'Log',
    'Max',
    'Mean',
    'Min',
    'Mod',
    'Mul',
    'Neg',
    'Pow',
  ],
  ...['Reciprocal', 'Round', 'Sign', 'Sin', 'Sqrt', 'Sub', 'Sum', 'Tan', 'CumSum'],
  // Linear algebra and layers.
  ...['BatchNormalization', 'Dropout', 'Gemm', 'LayerNormalization', 'MatMul'],
  // Activations.
  ...[
    'Celu',
    'Elu',
    'Gelu',
    'HardSigmoid',
    'HardSwish',
    'LeakyRelu',
    'LogSoftmax',
    'Mish',
    'PRelu',
    'Relu',
    'Selu',
    'Sigmoid',
  ],
  ...['Softmax', 'Softplus', 'Softsign', 'Swish', 'Tanh', 'ThresholdedRelu'],
  // Reductions and choices.
  ...[
    'ArgMax',
    'ArgMin',
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
    'ReduceLogSumExp',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
  ],
  ...['ReduceProd', 'ReduceSum', 'ReduceSumSquare', 'TopK'],
  // Comparisons and logic.
  ...[
    'And',
    'Equal',
    'Greater',
    'GreaterOrEqual',
    'IsInf',
    'IsNaN',
    'Less',
    'LessOrEqual',
    'Not',
    'Or',
    'Where',
    'Xor',
  ],
  // Shapes, types and constants.
  ...[
    'Cast',
    'CastLike',
    'Concat',
    'Constant',
    'Flatten',
    'Gather',
    'GatherElements',
    'GatherND',
    'Identity',
    'Reshape',
  ],
  ...['Shape', 'Size', 'Slice', 'Split', 'Squeeze', 'Transpose', 'Unsqueeze'],
];

/**
 * Operators a tabular model needs: what skl2onnx, onnxmltools, CatBoost, XGBoost, LightGBM and torch (MLPs) export. Left out on
 * purpose: control flow (Loop, Scan, If), makers of large tensors from small files (ConstantOfShape, Expand, Tile, Range, Pad, OneHot,
 * Resize), randomness, strings, images, sequences, and everything quantised or recurrent.
 * Core operators go by their plain name, the others as `ai.onnx.ml.Name`.
 */
export const ALLOWED_OPERATORS: readonly string[] = [...CORE, ...CLASSICAL];
