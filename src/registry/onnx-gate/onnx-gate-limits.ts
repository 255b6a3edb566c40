import { ALLOWED_OPERATORS } from './onnx-operators.js';

/** What the gate lets in. Every value is a setting; the defaults fit tabular models on a small machine. */
export interface OnnxGateLimits {
  /** Largest file, bytes. */
  maxBytes: number;
  /** Most nodes, those of subgraphs included. A forest is one node; an MLP has a few per layer. */
  maxNodes: number;
  /** Largest single constant, bytes. */
  maxTensorBytes: number;
  /** Operators that may occur: `Add` for the core domain, `ai.onnx.ml.Scaler` for the other. */
  allowedOperators: readonly string[];
  /** Whether Loop, Scan, If and other operators with subgraphs may occur. */
  allowControlFlow: boolean;
  /** Whether the file may define functions of its own. */
  allowFunctions: boolean;
  /** Wall-clock limit of the whole check in the child process, milliseconds. */
  trialTimeoutMs: number;
  /** Resident memory the child process may take, MiB. Node and ONNX Runtime take about 90 of them. */
  memoryMb: number;
  /** Address space of the child process, MiB; 0 for no limit. Linux only. Node reserves 1 to 1.5 GiB without using it. */
  addressSpaceMb: number;
  /** Rows of the largest trial batch; a worker's largest batch. */
  trialBatchRows: number;
  /** Checks that run at once; others wait. Each may take `memoryMb`. */
  concurrency: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_ONNX_GATE_LIMITS: OnnxGateLimits = {
  maxBytes: 64 * MIB,
  maxNodes: 5_000,
  maxTensorBytes: 64 * MIB,
  allowedOperators: ALLOWED_OPERATORS,
  allowControlFlow: false,
  allowFunctions: false,
  trialTimeoutMs: 10_000,
  memoryMb: 1_024,
  addressSpaceMb: 4_096,
  trialBatchRows: 1_024,
  concurrency: 1,
};
