import { ClassLabels } from './class-labels.js';
import { refuseOtherFileKinds } from './file-kind.js';
import { ELEMENT_TYPES, inspectTensor } from './inspect-tensor.js';
import { DEFAULT_ONNX_GATE_LIMITS, type OnnxGateLimits } from './onnx-gate-limits.js';
import { decodeOnnx, refusingUnreadable } from './onnx-model.js';
import { OnnxRefusedError } from './onnx-refused-error.js';
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OperatorSetProto,
  TensorProto,
  TypeProto,
  ValueInfoProto,
} from './onnx-schema.js';
import type { OnnxSummary, OnnxValue, OnnxValueType } from './onnx-summary.js';

/** What onnxruntime-node 1.30 runs: newest versions found by loading models stamped with each. */
const IR_VERSIONS = { oldest: 3, newest: 13 };
const OPSETS: Record<string, { oldest: number; newest: number }> = {
  'ai.onnx': { oldest: 7, newest: 26 },
  'ai.onnx.ml': { oldest: 1, newest: 5 },
};

/** Operators that run a subgraph; allowed together by `allowControlFlow`. */
const CONTROL_FLOW = ['If', 'Loop', 'Scan', 'SequenceMap'];

const MAX_INITIALIZERS = 20_000;

/**
 * Checks a model file without running anything of it: that it is ONNX, self-contained, and made only of what tabular models
 * need. ONNX Runtime must not see a byte of a file that has not passed.
 *
 * @throws OnnxRefusedError for every other file; never another error, whatever the bytes are.
 */
export function inspectOnnx(bytes: Uint8Array, limits: OnnxGateLimits = DEFAULT_ONNX_GATE_LIMITS): OnnxSummary {
  if (bytes.length > limits.maxBytes) {
    throw new OnnxRefusedError(
      'too-large',
      `The file has ${bytes.length} bytes; at most ${limits.maxBytes} are allowed.`,
    );
  }
  refuseOtherFileKinds(bytes);
  const model = decodeOnnx('Model', bytes);
  return refusingUnreadable(() => new Inspection(model, limits).summary());
}

class Inspection {
  private readonly operators = new Map<string, number>();
  private readonly opsets = new Map<string, number>();
  private readonly functionDomains = new Set<string>();
  private readonly functionNames = new Set<string>();
  private nodeCount = 0;
  private initializerCount = 0;
  private initializerBytes = 0;

  constructor(
    private readonly model: ModelProto,
    private readonly limits: OnnxGateLimits,
  ) {}

  summary(): OnnxSummary {
    const { model } = this;
    const graph = model.graph;
    if (graph === undefined || graph.nodes.length === 0) {
      throw new OnnxRefusedError(
        'no-graph',
        'The file holds no model: its graph is missing or empty.',
        'Export the model again.',
      );
    }
    if (model.trainingInfos > 0) {
      throw new OnnxRefusedError(
        'training',
        'The file holds training graphs; upload the model exported for inference.',
      );
    }
    this.checkFormat();
    this.checkFunctions();
    this.checkVersions(model.opsetImports);
    this.checkGraph(graph);
    const labels = new ClassLabels(graph);
    const constants = new Set(graph.initializers.map((initializer) => initializer.name));
    return {
      irVersion: model.irVersion ?? 0,
      opsets: Object.fromEntries(this.opsets),
      producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
      nodeCount: this.nodeCount,
      operators: Object.fromEntries(this.operators),
      initializerCount: this.initializerCount,
      initializerBytes: this.initializerBytes,
      // Old exporters list constants among the inputs; those need not be fed.
      inputs: graph.inputs.filter((input) => !constants.has(input.name)).map(valueOf),
      outputs: graph.outputs.map((output) => {
        const value = valueOf(output);
        return { ...value, classes: labels.of(value.name), zipMap: labels.zipMap(value.name) };
      }),
    };
  }

  private checkFormat(): void {
    const ir = this.model.irVersion ?? 0;
    if (!(ir >= IR_VERSIONS.oldest && ir <= IR_VERSIONS.newest)) {
      throw new OnnxRefusedError(
        'opset',
        `The file's format version (ir_version) is ${ir}; supported are ${IR_VERSIONS.oldest} to ${IR_VERSIONS.newest}.`,
      );
    }
  }

  private checkVersions(imports: OperatorSetProto[]): void {
    for (const { domain, version = 0 } of imports) {
      const name = domainName(domain);
      if (this.functionDomains.has(name)) continue;
      const range = OPSETS[name];
      if (range === undefined) throw foreignDomain(`The file asks for operators of domain "${name}"`);
      if (!(version >= range.oldest && version <= range.newest)) {
        throw new OnnxRefusedError(
          'opset',
          `The file asks for version ${version} of operator set ${name}; supported are ${range.oldest} to ${range.newest}.`,
          name === 'ai.onnx' ? 'Export with target_opset=17.' : undefined,
        );
      }
      // skl2onnx names the core domain twice, with the same version.
      if ((this.opsets.get(name) ?? version) !== version) {
        throw new OnnxRefusedError('opset', `The file names two versions of operator set ${name}.`);
      }
      this.opsets.set(name, version);
    }
  }

  /** Functions are checked like the graph itself; their operators count as theirs. */
  private checkFunctions(): void {
    const { functions } = this.model;
    if (functions.length > 0 && !this.limits.allowFunctions) {
      throw new OnnxRefusedError(
        'function',
        `The file defines ${functions.length} functions of its own, which are not allowed.`,
        'Inline them with onnx.inliner.inline_local_functions(model).',
      );
    }
    for (const { domain, name } of functions) {
      // A function may not stand in for an operator whose meaning is known.
      if (OPSETS[domainName(domain)] !== undefined)
        throw foreignDomain(`Function "${name ?? ''}" redefines an operator of ONNX`);
      this.functionDomains.add(domainName(domain));
      this.functionNames.add(`${domainName(domain)}.${name ?? ''}`);
    }
    for (const { opsetImports, attributes, nodes, name } of functions) {
      this.checkVersions(opsetImports);
      this.checkAttributes(attributes, `function ${name ?? ''}`, true);
      this.checkNodes(nodes, true);
    }
  }

  private checkGraph(graph: GraphProto, inFunction = false): void {
    if (graph.sparseInitializers > 0) throw sparse('The graph has sparse initializers');
    this.initializerCount += graph.initializers.length;
    if (this.initializerCount > MAX_INITIALIZERS) {
      throw new OnnxRefusedError('too-many-nodes', `The graph has more than ${MAX_INITIALIZERS} constants.`);
    }
    // Constants first: they are where a file most often reaches outside itself.
    for (const tensor of graph.initializers) {
      this.addConstant(tensor, `initializer "${tensor.name ?? ''}"`);
    }
    this.checkNodes(graph.nodes, inFunction);
  }

  private checkNodes(nodes: NodeProto[], inFunction: boolean): void {
    this.nodeCount += nodes.length;
    if (this.nodeCount > this.limits.maxNodes) {
      throw new OnnxRefusedError(
        'too-many-nodes',
        `The graph has ${this.nodeCount} nodes; at most ${this.limits.maxNodes} are allowed.`,
        'A forest is one node and a neural network a few per layer; export with the converter of the library that trained the model.',
      );
    }
    for (const node of nodes) this.checkNode(node, inFunction);
  }

  private checkNode(node: NodeProto, inFunction: boolean): void {
    const domain = domainName(node.domain);
    const name = node.operator ?? '';
    const key = domain === 'ai.onnx' ? name : `${domain}.${name}`;
    const ownFunction = this.functionNames.has(key);
    if (!ownFunction && OPSETS[domain] === undefined)
      throw foreignDomain(`Operator "${name}" belongs to domain "${domain}"`);
    this.checkAttributes(node.attributes, `operator ${name}`, inFunction);
    this.operators.set(key, (this.operators.get(key) ?? 0) + 1);
    if (ownFunction) return;
    const controlFlow = this.limits.allowControlFlow && CONTROL_FLOW.includes(key);
    if (!controlFlow && !this.limits.allowedOperators.includes(key)) {
      throw new OnnxRefusedError(
        'operator',
        `Operator ${key} is not on the list of allowed operators for tabular models.`,
        'Export only the model and its numeric preparation, with a current skl2onnx, onnxmltools or torch.',
      );
    }
    if (!this.opsets.has(domain)) {
      throw new OnnxRefusedError(
        'opset',
        `Operator ${key} is used, but the file does not say which version of ${domain} it means.`,
      );
    }
  }

  private checkAttributes(attributes: AttributeProto[], owner: string, inFunction: boolean): void {
    for (const attribute of attributes) {
      if (attribute.sparseTensor + attribute.sparseTensors > 0) throw sparse(`In ${owner} there are sparse constants`);
      if (attribute.referencedName && !inFunction) {
        throw new OnnxRefusedError(
          'function',
          `Attribute "${attribute.name ?? ''}" of ${owner} refers to a function, but is in none.`,
        );
      }
      const subgraphs = attribute.g === undefined ? attribute.graphs : [attribute.g, ...attribute.graphs];
      if (subgraphs.length > 0 && !this.limits.allowControlFlow) {
        throw new OnnxRefusedError(
          'subgraph',
          `The ${owner} runs a graph of its own. Loops, branches and other subgraphs are not allowed.`,
          'Export the model without control flow: scikit-learn nearest neighbours and Gaussian processes need it, most other models do not.',
        );
      }
      for (const tensor of attribute.t === undefined ? attribute.tensors : [attribute.t, ...attribute.tensors]) {
        this.addConstant(tensor, `constant "${attribute.name ?? ''}" of ${owner}`);
      }
      for (const subgraph of subgraphs) this.checkGraph(subgraph, inFunction);
    }
  }

  private addConstant(tensor: TensorProto, where: string): void {
    this.initializerBytes += inspectTensor(tensor, where, this.limits.maxTensorBytes);
  }
}

function domainName(domain: string | undefined): string {
  return domain === undefined || domain === '' ? 'ai.onnx' : domain;
}

function foreignDomain(found: string): OnnxRefusedError {
  return new OnnxRefusedError(
    'domain',
    `${found}; only ai.onnx and ai.onnx.ml are allowed, because others need code that is not here.`,
    'Export for plain ONNX, without operators of a runtime or a framework.',
  );
}

function sparse(found: string): OnnxRefusedError {
  return new OnnxRefusedError(
    'sparse-initializer',
    `${found}, which are not allowed.`,
    'Convert the weights to dense arrays before the export.',
  );
}

function valueOf(value: ValueInfoProto): OnnxValue {
  return { name: value.name ?? '', type: typeOf(value.type) };
}

function typeOf(type: TypeProto | undefined): OnnxValueType {
  const tensor = type?.tensor;
  if (tensor !== undefined) {
    const elementType = ELEMENT_TYPES[tensor.elementType ?? 0] ?? `type ${tensor.elementType ?? 0}`;
    // Some exporters write -1 or 0 for an open dimension.
    const shape = tensor.shape?.dimensions.map(({ size, symbol }) =>
      size !== undefined && size > 0 ? size : symbol || null,
    );
    return { kind: 'tensor', elementType, shape: shape ?? null };
  }
  const map = type?.sequence?.element?.map;
  if (map === undefined) return { kind: 'other' };
  return {
    kind: 'sequence-of-maps',
    keyType: ELEMENT_TYPES[map.keyType ?? 0] ?? 'unknown',
    valueType: ELEMENT_TYPES[map.value?.tensor?.elementType ?? 0] ?? 'unknown',
  };
}
