import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import type { Dataset } from '../datasets/dataset.js';
import { UnprocessableProblem } from '../platform/http/problem.js';
import { type GateVerdict, OnnxGate } from './onnx-gate/onnx-gate.js';

type AcceptedVerdict = Extract<GateVerdict, { accepted: true }>;

/** The gate with this installation's limits. */
@Injectable()
export class ModelGate {
  private readonly gate: OnnxGate;

  constructor(environment: Environment) {
    this.gate = new OnnxGate({
      maxBytes: environment.maxModelBytes,
      maxNodes: environment.maxModelNodes,
      trialTimeoutMs: environment.modelTrialSeconds * 1000,
      memoryMb: environment.modelTrialMemory,
      allowControlFlow: environment.allowControlFlow,
      allowFunctions: environment.allowFunctions,
    });
  }

  /** The verdict of an accepted file; throws UnprocessableProblem `model-refused-<reason>` for any other. */
  async check(bytes: Uint8Array, dataset: Dataset): Promise<AcceptedVerdict> {
    const verdict = await this.gate.check(bytes, {
      featureNames: dataset.features.map((feature) => feature.name),
      task: dataset.task,
    });
    if (verdict.accepted) return verdict;
    throw new UnprocessableProblem(
      `model-refused-${verdict.code}`,
      verdict.hint === undefined ? verdict.reason : `${verdict.reason} ${verdict.hint}`,
    );
  }
}
