import type { ModelSignature } from '../../registry/onnx-gate/model-signature.js';
import type { RawPredictions } from '../../registry/onnx-gate/predictions.js';
import type { EngineModelError } from './engine-errors.js';

/** What the engine process can be asked. It answers in the order in which it was asked. */
export type EngineRequest =
  | { kind: 'load'; sha256: string; bytes: Uint8Array; signature: ModelSignature }
  | { kind: 'unload'; sha256: string }
  | { kind: 'score'; sha256: string; rows: Float32Array | Float64Array; rowCount: number };

/** `ready` comes once, when the runtime is loaded; then one answer per request. */
export type EngineAnswer =
  | { kind: 'ready' }
  | { kind: 'done'; predictions?: RawPredictions; rssBytes: number }
  | { kind: 'failed'; code: EngineModelError['code']; message: string; rssBytes: number };
