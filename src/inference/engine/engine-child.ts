import { QUIET_RUNTIME } from '../../registry/onnx-gate/quiet-runtime.js';
import { type ChildProcess, fork } from 'node:child_process';
import type { RawPredictions } from '../../registry/onnx-gate/predictions.js';
import { EngineCrashedError, EngineModelError, EngineTimeoutError } from './engine-errors.js';
import type { EngineAnswer, EngineRequest } from './engine-messages.js';

interface Call {
  timeoutMs: number;
  resolve: (predictions: RawPredictions | undefined) => void;
  reject: (error: Error) => void;
}

/** Node's own heap is small beside ONNX Runtime's. A smaller young generation was tried: buffers then pile up, and memory grows. */
const NODE_FLAGS = ['--max-old-space-size=256'];

/** Share of a time limit by which its timer may be late. */
const LATE = 0.2;

/**
 * One engine process as its parent sees it: requests go out at once and are answered in order; the first in line is the one
 * the process is at work on, and its time limit runs. When the process ends, all calls in line are rejected.
 */
export class EngineChild {
  /** Models this process has loaded, or is loading. */
  readonly models = new Map<string, true | Promise<void>>();
  /** Loads this process has been asked for, and calls of any kind. */
  loads = 0;
  calls = 0;
  rssBytes = 0;
  private readonly process: ChildProcess;
  private readonly line: Call[] = [];
  private timer: NodeJS.Timeout | undefined;
  private timedOut = false;
  private end: string | undefined;
  private readonly idle: (() => void)[] = [];
  private readonly ended: Promise<void>;

  private constructor(entry: string, onEnd: () => void) {
    this.process = fork(entry, [], {
      // No environment: the process that runs other people's models knows no secrets.
      env: { ...QUIET_RUNTIME },
      execArgv: NODE_FLAGS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.process.on('message', (answer: EngineAnswer) => this.receive(answer));
    this.ended = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => {
        this.finish(`The engine process ended (${signal ?? `code ${code}`}).`);
        onEnd();
        resolve();
      });
      this.process.once('error', (error) => {
        this.finish(`The engine process could not be started or reached: ${error.message}`);
        onEnd();
        resolve();
      });
    });
  }

  /**
   * Starts a process and waits until its runtime is loaded.
   *
   * @throws EngineCrashedError when it ends first or takes too long
   */
  static async start(entry: string, timeoutMs: number, onEnd: (child: EngineChild) => void): Promise<EngineChild> {
    const child: EngineChild = new EngineChild(entry, () => onEnd(child));
    // "Ready" is the answer to a first call that nobody had to send.
    await new Promise<unknown>((resolve, reject) => child.enqueue({ timeoutMs, resolve, reject }));
    return child;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get alive(): boolean {
    return this.end === undefined;
  }

  /** Asks the process; rejects with EngineCrashedError, EngineTimeoutError or EngineModelError. */
  request(request: EngineRequest, timeoutMs: number): Promise<RawPredictions | undefined> {
    if (this.end !== undefined) return Promise.reject(new EngineCrashedError(this.end, false));
    this.calls += 1;
    if (request.kind === 'load') this.loads += 1;
    return new Promise((resolve, reject) => {
      this.enqueue({ timeoutMs, resolve, reject });
      // A failure to send means that the process is ending; its exit rejects the call.
      this.process.send(request, () => undefined);
    });
  }

  /** Resolves when no call is in line. */
  async drained(): Promise<void> {
    if (this.line.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Lets the process go and waits for its end; kills it if it does not go. */
  async close(graceMs: number): Promise<void> {
    if (this.end === undefined) {
      const timer = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
      if (this.process.connected) this.process.disconnect();
      await this.ended;
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private enqueue(call: Call): void {
    this.line.push(call);
    if (this.line.length === 1) this.watchFirst();
  }

  private receive(answer: EngineAnswer): void {
    const call = this.line.shift();
    clearTimeout(this.timer);
    if (this.line.length > 0) this.watchFirst();
    if (answer.kind !== 'ready') this.rssBytes = answer.rssBytes;
    if (answer.kind === 'failed') call?.reject(new EngineModelError(answer.code, answer.message));
    else call?.resolve(answer.kind === 'done' ? answer.predictions : undefined);
    if (this.line.length === 0) this.wakeIdle();
  }

  /** Starts the time limit of the call that the process is now at work on. */
  private watchFirst(): void {
    const call = this.line[0]!;
    const due = performance.now() + call.timeoutMs;
    this.timer = setTimeout(() => {
      // A timer that fires late means that this process was held up: neither could it send nor hear. That is no fault of the
      // engine, and the time starts anew.
      if (performance.now() - due > call.timeoutMs * LATE) this.watchFirst();
      // An answer may have arrived that is read after the timers.
      else setImmediate(() => this.line[0] === call && this.killForTimeout());
    }, call.timeoutMs);
  }

  private killForTimeout(): void {
    this.timedOut = true;
    this.process.kill('SIGKILL');
  }

  private finish(reason: string): void {
    if (this.end !== undefined) return;
    this.end = reason;
    clearTimeout(this.timer);
    const calls = this.line.splice(0);
    calls.forEach((call, index) => {
      const timeout = this.timedOut && index === 0;
      const message = `The engine was at work on this call for more than ${call.timeoutMs} ms and was stopped.`;
      call.reject(timeout ? new EngineTimeoutError(message, true) : new EngineCrashedError(reason, index === 0));
    });
    this.wakeIdle();
  }

  private wakeIdle(): void {
    for (const resolve of this.idle.splice(0)) resolve();
  }
}
