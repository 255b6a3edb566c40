/** Why a file was refused; stable, for clients and tests. */
export type OnnxRefusalCode =
  // The file as such.
  | 'too-large'
  | 'pickle'
  | 'archive'
  | 'ort-format'
  | 'not-onnx'
  | 'nesting'
  | 'no-graph'
  // What the graph holds.
  | 'opset'
  | 'domain'
  | 'operator'
  | 'subgraph'
  | 'function'
  | 'training'
  | 'too-many-nodes'
  | 'external-data'
  | 'sparse-initializer'
  | 'initializer-size'
  | 'tensor-type'
  | 'tensor-limit'
  // Whether it fits the dataset.
  | 'input-count'
  | 'input-name'
  | 'input-type'
  | 'input-rank'
  | 'input-width'
  | 'fixed-batch'
  | 'output-count'
  | 'output-type'
  | 'output-shape'
  | 'classes'
  // How it behaves when run.
  | 'load'
  | 'run'
  | 'non-finite'
  | 'batch-dependent'
  | 'timeout'
  | 'memory'
  | 'crash';

/**
 * A model file that the gate does not let in. The message says what was found and what is expected; the hint, where there
 * is one, says what to do about it.
 */
export class OnnxRefusedError extends Error {
  override readonly name = 'OnnxRefusedError';

  constructor(
    readonly code: OnnxRefusalCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
