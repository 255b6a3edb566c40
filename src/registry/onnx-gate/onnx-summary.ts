/** Type of a model's input or output. A dimension is a size, a symbol, or null where it is open. */
export type OnnxValueType =
  | { kind: 'tensor'; elementType: string; shape: (number | string | null)[] | null }
  | { kind: 'sequence-of-maps'; keyType: string; valueType: string }
  | { kind: 'other' };

/** Classes of a classifier's label output: known by value, or positions 0, 1, 2, … as ArgMax gives them. */
export type LabelClasses = { values: (string | number)[] } | 'positions';

export interface OnnxValue {
  name: string;
  type: OnnxValueType;
  /** Set on outputs that give class labels whose values could be read from the model. */
  classes?: LabelClasses;
  /** Set on an output made by ZipMap: the tensor of probabilities behind it, one column per class. */
  zipMap?: { tensor: string; classes: (string | number)[] };
}

/** What a sound model file holds; plain JSON. */
export interface OnnxSummary {
  irVersion: number;
  /** Operator set versions by domain; the core domain is `ai.onnx`. */
  opsets: Record<string, number>;
  /** Who wrote the file, such as `skl2onnx 1.20.0`; empty if unknown. */
  producer: string;
  nodeCount: number;
  /** How often each operator occurs. */
  operators: Record<string, number>;
  initializerCount: number;
  initializerBytes: number;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

/** `name: float [N, 11]`, for messages. */
export function describeValue(value: OnnxValue): string {
  const { type } = value;
  if (type.kind === 'tensor') {
    const shape = type.shape?.map((size) => size ?? 'N').join(', ');
    return `"${value.name}": ${type.elementType} ${shape === undefined ? 'of unknown shape' : `[${shape}]`}`;
  }
  return `"${value.name}": ${type.kind === 'other' ? 'not a tensor' : 'a sequence of maps'}`;
}
