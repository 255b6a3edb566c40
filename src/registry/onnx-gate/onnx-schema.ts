import type { Scalars } from './scalars.js';

/**
 * The part of onnx.proto3 that we read: field numbers and kinds. Fields not listed (documentation, metadata, device hints) are
 * passed over. `one` is a singular message, `many` a repeated one; `ints`, `floats`, `doubles` and `blobs` are repeated scalars, which are
 * counted and only read when asked for; `present` notes how many times a field occurs without reading it.
 */
export type FieldKind =
  | 'int'
  | 'float'
  | 'string'
  | 'bytes'
  | 'ints'
  | 'floats'
  | 'doubles'
  | 'blobs'
  | 'present'
  | { one: MessageName }
  | { many: MessageName };

export type MessageName =
  | 'Model'
  | 'OperatorSet'
  | 'Function'
  | 'Graph'
  | 'Node'
  | 'Attribute'
  | 'Tensor'
  | 'ValueInfo'
  | 'Type'
  | 'TensorType'
  | 'SequenceType'
  | 'MapType'
  | 'Shape'
  | 'Dimension';

export const ONNX_SCHEMA: Record<MessageName, Record<number, readonly [name: string, kind: FieldKind]>> = {
  Model: {
    1: ['irVersion', 'int'],
    2: ['producerName', 'string'],
    3: ['producerVersion', 'string'],
    7: ['graph', { one: 'Graph' }],
    8: ['opsetImports', { many: 'OperatorSet' }],
    20: ['trainingInfos', 'present'],
    25: ['functions', { many: 'Function' }],
  },
  Function: {
    1: ['name', 'string'],
    7: ['nodes', { many: 'Node' }],
    9: ['opsetImports', { many: 'OperatorSet' }],
    10: ['domain', 'string'],
    11: ['attributes', { many: 'Attribute' }],
  },
  OperatorSet: { 1: ['domain', 'string'], 2: ['version', 'int'] },
  Graph: {
    1: ['nodes', { many: 'Node' }],
    2: ['name', 'string'],
    5: ['initializers', { many: 'Tensor' }],
    11: ['inputs', { many: 'ValueInfo' }],
    12: ['outputs', { many: 'ValueInfo' }],
    15: ['sparseInitializers', 'present'],
  },
  Node: {
    1: ['inputs', 'blobs'],
    2: ['outputs', 'blobs'],
    3: ['name', 'string'],
    4: ['operator', 'string'],
    5: ['attributes', { many: 'Attribute' }],
    7: ['domain', 'string'],
    8: ['overload', 'string'],
  },
  Attribute: {
    1: ['name', 'string'],
    2: ['f', 'float'],
    3: ['i', 'int'],
    4: ['s', 'bytes'],
    5: ['t', { one: 'Tensor' }],
    6: ['g', { one: 'Graph' }],
    7: ['floats', 'floats'],
    8: ['ints', 'ints'],
    9: ['strings', 'blobs'],
    10: ['tensors', { many: 'Tensor' }],
    11: ['graphs', { many: 'Graph' }],
    14: ['typeProto', 'present'],
    15: ['typeProtos', 'present'],
    20: ['type', 'int'],
    21: ['referencedName', 'string'],
    22: ['sparseTensor', 'present'],
    23: ['sparseTensors', 'present'],
  },
  Tensor: {
    1: ['dims', 'ints'],
    2: ['dataType', 'int'],
    3: ['segment', 'present'],
    4: ['floatData', 'floats'],
    5: ['int32Data', 'ints'],
    6: ['stringData', 'blobs'],
    7: ['int64Data', 'ints'],
    8: ['name', 'string'],
    9: ['rawData', 'bytes'],
    10: ['doubleData', 'doubles'],
    11: ['uint64Data', 'ints'],
    13: ['externalData', 'present'],
    14: ['dataLocation', 'int'],
  },
  ValueInfo: { 1: ['name', 'string'], 2: ['type', { one: 'Type' }] },
  Type: {
    1: ['tensor', { one: 'TensorType' }],
    4: ['sequence', { one: 'SequenceType' }],
    5: ['map', { one: 'MapType' }],
    7: ['opaque', 'present'],
    8: ['sparseTensor', 'present'],
    9: ['optional', 'present'],
  },
  TensorType: { 1: ['elementType', 'int'], 2: ['shape', { one: 'Shape' }] },
  SequenceType: { 1: ['element', { one: 'Type' }] },
  MapType: { 1: ['keyType', 'int'], 2: ['value', { one: 'Type' }] },
  Shape: { 1: ['dimensions', { many: 'Dimension' }] },
  Dimension: { 1: ['size', 'int'], 2: ['symbol', 'string'] },
};

/** A decoded message: repeated fields are always there, singular ones only when set. */
export interface ModelProto {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  graph?: GraphProto;
  opsetImports: OperatorSetProto[];
  trainingInfos: number;
  functions: FunctionProto[];
}

export interface OperatorSetProto {
  domain?: string;
  version?: number;
}

export interface FunctionProto {
  name?: string;
  domain?: string;
  nodes: NodeProto[];
  opsetImports: OperatorSetProto[];
  attributes: AttributeProto[];
}

export interface GraphProto {
  name?: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  sparseInitializers: number;
}

export interface NodeProto {
  name?: string;
  operator?: string;
  domain?: string;
  overload?: string;
  inputs: Scalars;
  outputs: Scalars;
  attributes: AttributeProto[];
}

export interface AttributeProto {
  name?: string;
  type?: number;
  referencedName?: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats: Scalars;
  ints: Scalars;
  strings: Scalars;
  tensors: TensorProto[];
  graphs: GraphProto[];
  typeProto: number;
  typeProtos: number;
  sparseTensor: number;
  sparseTensors: number;
}

export interface TensorProto {
  name?: string;
  dataType?: number;
  dims: Scalars;
  segment: number;
  floatData: Scalars;
  int32Data: Scalars;
  stringData: Scalars;
  int64Data: Scalars;
  rawData?: Uint8Array;
  doubleData: Scalars;
  uint64Data: Scalars;
  externalData: number;
  dataLocation?: number;
}

export interface ValueInfoProto {
  name?: string;
  type?: TypeProto;
}

export interface TypeProto {
  tensor?: { elementType?: number; shape?: { dimensions: { size?: number; symbol?: string }[] } };
  sequence?: { element?: TypeProto };
  map?: { keyType?: number; value?: TypeProto };
  opaque: number;
  sparseTensor: number;
  optional: number;
}

export interface MessageTypes {
  Model: ModelProto;
  Node: NodeProto;
  ValueInfo: ValueInfoProto;
}
