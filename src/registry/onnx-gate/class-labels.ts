import { smallTensorValues } from './inspect-tensor.js';
import type { GraphProto, NodeProto } from './onnx-schema.js';
import type { LabelClasses } from './onnx-summary.js';

/** Operators that change a label's type or shape, not which class it is. */
const PASS = new Set(['Cast', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);
const CLASSIFIERS = new Set(['TreeEnsembleClassifier', 'LinearClassifier', 'SVMClassifier']);
const CLASS_ATTRIBUTES = ['classlabels_int64s', 'classlabels_ints', 'classlabels_strings'];

/** Reads from a graph which classes its outputs stand for, as the exporters write them. */
export class ClassLabels {
  private readonly makers = new Map<string, NodeProto>();

  constructor(private readonly graph: GraphProto) {
    for (const node of graph.nodes) for (const output of node.outputs.strings()) this.makers.set(output, node);
  }

  /** The ZipMap that makes this output, if one does: the tensor it zips and its classes. */
  zipMap(output: string): { tensor: string; classes: (string | number)[] } | undefined {
    const node = this.makers.get(output);
    if (node === undefined || node.operator !== 'ZipMap') return undefined;
    const tensor = node.inputs.strings()[0];
    const classes = classAttribute(node);
    return tensor === undefined || classes === undefined ? undefined : { tensor, classes };
  }

  /** Classes of a label output, followed back to the node that chose the label; undefined if the graph does not tell. */
  of(output: string, steps = 16): LabelClasses | undefined {
    // Each step goes one node back; a sound graph has no cycles, but this one has not been checked for them.
    const node = this.makers.get(output);
    if (node === undefined || steps === 0) return undefined;
    const inputs = node.inputs.strings();
    if (CLASSIFIERS.has(node.operator ?? '')) {
      const values = classAttribute(node);
      return values === undefined ? undefined : { values };
    }
    if (node.operator === 'ArgMax') return 'positions';
    if (node.operator === 'LabelEncoder') return mapLabels(node, this.of(inputs[0] ?? '', steps - 1));
    if (node.operator === 'ArrayFeatureExtractor' || node.operator === 'Gather') {
      const table = this.graph.initializers.find((initializer) => initializer.name === inputs[0]);
      const values = table && smallTensorValues(table);
      return values === undefined ? undefined : { values };
    }
    return PASS.has(node.operator ?? '') ? this.of(inputs[0] ?? '', steps - 1) : undefined;
  }
}

function classAttribute(node: NodeProto): (string | number)[] | undefined {
  for (const attribute of node.attributes) {
    if (!CLASS_ATTRIBUTES.includes(attribute.name ?? '')) continue;
    const list = attribute.strings.count > 0 ? attribute.strings.strings() : attribute.ints.numbers();
    if (list.length > 0)
      return list.every((label) => typeof label === 'string' || Number.isSafeInteger(label)) ? list : undefined;
  }
  return undefined;
}

/** Sends classes through a LabelEncoder from integers to integers or strings. */
function mapLabels(node: NodeProto, classes: LabelClasses | undefined): LabelClasses | undefined {
  const find = (name: string) => node.attributes.find((attribute) => attribute.name === name);
  const keys = find('keys_int64s')?.ints.numbers();
  const values = find('values_strings')?.strings.strings() ?? find('values_int64s')?.ints.numbers();
  if (keys === undefined || values === undefined || keys.length !== values.length) return undefined;
  const from = classes === undefined || classes === 'positions' ? keys : classes.values;
  const mapped = from.map((label) => values[keys.indexOf(label as number)]);
  return mapped.includes(undefined) ? undefined : { values: mapped as (string | number)[] };
}
