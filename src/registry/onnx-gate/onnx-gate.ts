import { createHash } from 'node:crypto';
import { builtEntry } from './built-entry.js';
import { type LimitedOutcome, runLimited } from './limited-process.js';
import type { ModelSignature } from './model-signature.js';
import { DEFAULT_ONNX_GATE_LIMITS, type OnnxGateLimits } from './onnx-gate-limits.js';
import type { GateOrder, GateReply } from './onnx-gate-process.js';
import type { OnnxRefusalCode } from './onnx-refused-error.js';
import type { OnnxSummary } from './onnx-summary.js';
import type { TrialReport } from './trial-run.js';

export interface GateRequest {
  /** The dataset's features, in order. */
  featureNames: readonly string[];
  task: 'regression' | 'classification';
  /** Rows of the dataset for the trial, row-major [rows, features]; rows with NaN are left out. Without them rows are made up. */
  sampleRows?: Float64Array;
}

/** The gate's answer about one file; plain JSON. */
export type GateVerdict =
  | {
      accepted: true;
      sha256: string;
      bytes: number;
      signature: ModelSignature;
      summary: OnnxSummary;
      trial: TrialReport & { peakRssMb: number; elapsedMs: number };
    }
  | { accepted: false; sha256: string; bytes: number; code: OnnxRefusalCode; reason: string; hint?: string };

type FinalReply = Exclude<GateReply, { kind: 'at' }>;

/**
 * Decides whether an uploaded model file may be stored and served. Reading, checking and a trial run all happen in a child
 * process without secrets and with limits on time and memory; whatever the file does there ends as a refusal here.
 */
export class OnnxGate {
  private readonly limits: OnnxGateLimits;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(limits: Partial<OnnxGateLimits> = {}) {
    this.limits = { ...DEFAULT_ONNX_GATE_LIMITS, ...limits };
  }

  /**
   * Checks one file. Never throws because of what is in it.
   *
   * @throws RangeError when `sampleRows` is not a whole number of rows
   */
  async check(bytes: Uint8Array, request: GateRequest): Promise<GateVerdict> {
    const width = request.featureNames.length;
    if (request.sampleRows !== undefined && request.sampleRows.length % width !== 0) {
      throw new RangeError(
        `sampleRows holds ${request.sampleRows.length} values, not a multiple of ${width} features.`,
      );
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const identity = { sha256, bytes: bytes.length };
    if (bytes.length > this.limits.maxBytes) {
      const reason = `The file has ${bytes.length} bytes; at most ${this.limits.maxBytes} are allowed.`;
      return { accepted: false, ...identity, code: 'too-large', reason };
    }
    await this.enter();
    const started = performance.now();
    try {
      const { outcome, reading } = await this.runChild(bytes, request);
      if (outcome.kind === 'reply' && outcome.reply.kind === 'accepted') {
        const { summary, signature, trial } = outcome.reply;
        const elapsedMs = performance.now() - started;
        return {
          accepted: true,
          ...identity,
          summary,
          signature,
          trial: { ...trial, peakRssMb: outcome.peakRssMb, elapsedMs },
        };
      }
      return { accepted: false, ...identity, ...this.refusal(outcome, reading) };
    } finally {
      this.leave();
    }
  }

  private async runChild(
    bytes: Uint8Array,
    { featureNames, task, sampleRows }: GateRequest,
  ): Promise<{ outcome: LimitedOutcome<FinalReply>; reading: boolean }> {
    let reading = true;
    const isFinal = (message: unknown): message is FinalReply => {
      const { kind, ...rest } = message as GateReply;
      if (kind === 'at') reading = 'step' in rest && rest.step === 'reading';
      return kind !== 'at';
    };
    const rows = sampleRows?.slice(0, this.limits.trialBatchRows * featureNames.length);
    const order: GateOrder = { bytes, featureNames: [...featureNames], task, sampleRows: rows, limits: this.limits };
    const { trialTimeoutMs: timeoutMs, memoryMb, addressSpaceMb } = this.limits;
    const entry = builtEntry(import.meta.url, './onnx-gate-process.js');
    const outcome = await runLimited(entry, order, { timeoutMs, memoryMb, addressSpaceMb }, isFinal);
    return { outcome, reading };
  }

  /** What a child that did not accept the file means for the person who uploaded it. */
  private refusal(
    outcome: LimitedOutcome<FinalReply>,
    reading: boolean,
  ): { code: OnnxRefusalCode; reason: string; hint?: string } {
    const doing = reading ? 'reading the file' : 'loading and trying the model';
    switch (outcome.kind) {
      case 'timeout': {
        const seconds = this.limits.trialTimeoutMs / 1000;
        const hint = 'The model may loop for ever or be far too large; a prediction should take milliseconds.';
        return { code: 'timeout', reason: `${capital(doing)} took longer than ${seconds} s.`, hint };
      }
      case 'memory': {
        const reason = `${capital(doing)} took ${Math.round(outcome.rssMb)} MiB of memory; at most ${this.limits.memoryMb} MiB are allowed.`;
        return { code: 'memory', reason, hint: 'Check its shapes: a table of a few rows should not grow.' };
      }
      case 'exit': {
        const how = outcome.signal ?? `code ${outcome.code ?? 'unknown'}`;
        const reason = `The checking process crashed (${how}) while ${doing}. A model that does this must not serve.`;
        return {
          code: 'crash',
          reason,
          hint: 'The file is damaged, or built to crash ONNX Runtime; export the model again.',
        };
      }
      case 'reply': {
        if (outcome.reply.kind === 'accepted') throw new Error('An accepted file has no refusal.');
        const { code, reason, hint } = outcome.reply;
        return { code, reason, hint };
      }
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.limits.concurrency) {
      this.running += 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Hands the place to the next in line. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
