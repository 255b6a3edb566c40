import { Writer } from 'protobufjs/minimal.js';

/** Builds ONNX files by hand for tests, sound or broken, with protobufjs as an encoder independent of our reader. */
export type Part = (writer: Writer) => void;

const tag = (field: number, wire: number) => (field << 3) | wire;

export const int =
  (field: number, value: number): Part =>
  (writer) =>
    void writer.uint32(tag(field, 0)).int64(value);

export const text =
  (field: number, value: string): Part =>
  (writer) =>
    void writer.uint32(tag(field, 2)).string(value);

export const raw =
  (field: number, value: Uint8Array): Part =>
  (writer) =>
    void writer.uint32(tag(field, 2)).bytes(value);

export const message =
  (field: number, ...parts: Part[]): Part =>
  (writer) => {
    writer.uint32(tag(field, 2)).fork();
    for (const part of parts) part(writer);
    writer.ldelim();
  };

export function build(...parts: Part[]): Uint8Array {
  const writer = Writer.create();
  for (const part of parts) part(writer);
  return new Uint8Array(writer.finish());
}

/** Packed list of floats. */
export function floats(field: number, values: readonly number[]): Part {
  return raw(field, new Uint8Array(Float32Array.from(values).buffer));
}

/** Packed list of integers. */
export function ints(field: number, values: readonly number[]): Part {
  return (writer) => {
    writer.uint32(tag(field, 2)).fork();
    for (const value of values) writer.int64(value);
    writer.ldelim();
  };
}

/** A ValueInfoProto: tensor of floats (or another element type) with open (null) or fixed dimensions. */
export function value(field: number, name: string, shape: readonly (number | null)[], elementType = 1): Part {
  const dims = shape.map((size) => message(1, ...(size === null ? [text(2, 'N')] : [int(1, size)])));
  return message(field, text(1, name), message(2, message(1, int(1, elementType), message(2, ...dims))));
}

export interface NodeOptions {
  domain?: string;
  attributes?: Part[];
}

export function node(operator: string, inputs: string[], outputs: string[], options: NodeOptions = {}): Part {
  return message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...(options.domain === undefined ? [] : [text(7, options.domain)]),
    ...(options.attributes ?? []),
  );
}

/** An attribute of a node; `type` is AttributeProto.AttributeType. */
export function attribute(name: string, type: number, ...parts: Part[]): Part {
  return message(5, text(1, name), ...parts, int(20, type));
}

export const intAttribute = (name: string, number: number) => attribute(name, 2, int(3, number));
export const intsAttribute = (name: string, values: readonly number[]) => attribute(name, 7, ints(8, values));
export const floatsAttribute = (name: string, values: readonly number[]) => attribute(name, 6, floats(7, values));
export const stringsAttribute = (name: string, values: readonly string[]) =>
  attribute(name, 8, (writer) => values.forEach((entry) => text(9, entry)(writer)));

/** Parts of a TensorProto of floats. */
export function tensor(name: string, dims: readonly number[], values: readonly number[]): Part[] {
  return [ints(1, dims), int(2, 1), text(8, name), raw(9, new Uint8Array(Float32Array.from(values).buffer))];
}

/** A whole model around the parts of its graph. */
export function model(graph: Part[], options: { opset?: number; irVersion?: number; extra?: Part[] } = {}): Uint8Array {
  return build(
    int(1, options.irVersion ?? 8),
    message(8, text(1, ''), int(2, options.opset ?? 17)),
    message(8, text(1, 'ai.onnx.ml'), int(2, 3)),
    message(7, text(2, 'g'), ...graph),
    ...(options.extra ?? []),
  );
}

export interface TreeNodes {
  trees: number[];
  ids: number[];
  features: number[];
  modes: string[];
  thresholds: number[];
  yes: number[];
  no: number[];
  /** Leaves: tree, node, weight. */
  leaves: [tree: number, node: number, weight: number][];
}

/** A TreeEnsembleRegressor from `input` to `output`. */
export function treeRegressor(tree: TreeNodes): Part {
  return node('TreeEnsembleRegressor', ['input'], ['output'], {
    domain: 'ai.onnx.ml',
    attributes: [
      intAttribute('n_targets', 1),
      intsAttribute('nodes_treeids', tree.trees),
      intsAttribute('nodes_nodeids', tree.ids),
      intsAttribute('nodes_featureids', tree.features),
      stringsAttribute('nodes_modes', tree.modes),
      floatsAttribute('nodes_values', tree.thresholds),
      intsAttribute('nodes_truenodeids', tree.yes),
      intsAttribute('nodes_falsenodeids', tree.no),
      intsAttribute(
        'target_treeids',
        tree.leaves.map((leaf) => leaf[0]),
      ),
      intsAttribute(
        'target_nodeids',
        tree.leaves.map((leaf) => leaf[1]),
      ),
      intsAttribute(
        'target_ids',
        tree.leaves.map(() => 0),
      ),
      floatsAttribute(
        'target_weights',
        tree.leaves.map((leaf) => leaf[2]),
      ),
    ],
  });
}

/** input [N, 11] times w [11, 1] gives output [N, 1]. */
export function linearModel(): Uint8Array {
  return model([
    node('MatMul', ['input', 'w'], ['output']),
    message(
      5,
      ...tensor(
        'w',
        [11, 1],
        Array.from({ length: 11 }, () => 0.5),
      ),
    ),
    value(11, 'input', [null, 11]),
    value(12, 'output', [null, 1]),
  ]);
}

/** A tree that is one long branch: ONNX Runtime recurses over it and overflows its stack. */
export function deepTree(depth: number): Uint8Array {
  const tree: TreeNodes = { trees: [], ids: [], features: [], modes: [], thresholds: [], yes: [], no: [], leaves: [] };
  const add = (id: number, mode: string, yes: number, no: number): void => {
    tree.trees.push(0);
    tree.ids.push(id);
    tree.features.push(0);
    tree.modes.push(mode);
    tree.thresholds.push(5);
    tree.yes.push(yes);
    tree.no.push(no);
    if (mode === 'LEAF') tree.leaves.push([0, id, 1]);
  };
  for (let level = 0; level < depth; level++) {
    add(2 * level, 'BRANCH_LEQ', 2 * level + 1, 2 * level + 2);
    add(2 * level + 1, 'LEAF', 0, 0);
  }
  add(2 * depth, 'LEAF', 0, 0);
  return model([treeRegressor(tree), value(11, 'input', [null, 11]), value(12, 'output', [null, 1])]);
}
