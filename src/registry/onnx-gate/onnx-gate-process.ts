import { inspectOnnx } from './inspect-onnx.js';
import type { OnnxGateLimits } from './onnx-gate-limits.js';
import { type ModelSignature, resolveSignature } from './model-signature.js';
import { type OnnxRefusalCode, OnnxRefusedError } from './onnx-refused-error.js';
import type { OnnxSummary } from './onnx-summary.js';
import type { TrialReport } from './trial-run.js';

/** Sent by the gate: one file to check. */
export interface GateOrder {
  bytes: Uint8Array;
  featureNames: string[];
  task: 'regression' | 'classification';
  sampleRows?: Float64Array;
  limits: OnnxGateLimits;
}

/** Answered by the child; `at` tells how far it is, should it die. */
export type GateReply =
  | { kind: 'at'; step: 'reading' | 'loading' }
  | { kind: 'accepted'; summary: OnnxSummary; signature: ModelSignature; trial: TrialReport }
  | { kind: 'refused'; code: OnnxRefusalCode; reason: string; hint?: string };

async function check(order: GateOrder): Promise<GateReply> {
  try {
    reply({ kind: 'at', step: 'reading' });
    const summary = inspectOnnx(order.bytes, order.limits);
    const signature = resolveSignature(summary, order);
    reply({ kind: 'at', step: 'loading' });
    // Only now is the runtime loaded: a refused file never comes near it.
    const { runTrial } = await import('./trial-run.js');
    const batchRows = order.limits.trialBatchRows;
    const trial = await runTrial(order.bytes, signature, { sampleRows: order.sampleRows, batchRows });
    return { kind: 'accepted', summary, signature, trial };
  } catch (error) {
    if (!(error instanceof OnnxRefusedError)) throw error;
    return { kind: 'refused', code: error.code, reason: error.message, hint: error.hint };
  }
}

function reply(message: GateReply): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit(0));
process.once('message', (order: GateOrder) => {
  // An unexpected error ends the process with a code, which the gate takes for a crash.
  void check(order).then(reply, () => process.exit(1));
});
