import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { EXIT } from './exit-codes.js';
import { ROLES, type RoleDefinition } from './roles.js';

/**
 * A small young generation: what a batch leaves behind is cleared sooner, above all the buffers outside of the heap. It
 * keeps a worker at full rate well below 200 MB; the Dockerfile sets the same.
 */
const NODE_FLAGS = ['--max-semi-space-size=4'];

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A process that ran this long was healthy: the next failure starts again with the short wait. */
const HEALTHY_AFTER_MS = 60_000;

/** One child process and what the supervisor knows of it. */
interface Child {
  readonly name: string;
  readonly role: RoleDefinition;
  process: ChildProcess | undefined;
  address: string | undefined;
  startedAt: number;
  failures: number;
  restart: NodeJS.Timeout | undefined;
}

/** Runs each role as a child process of the same program, restarts one that dies, and stops all in order. */
export class Supervisor {
  private readonly children: Child[] = [];
  private stopping = false;
  private announceReady!: () => void;
  /** Resolves when every role was ready once. */
  readonly ready = new Promise<void>((done) => {
    this.announceReady = done;
  });

  constructor(
    private readonly environment: Environment,
    private readonly flags: Readonly<Record<string, string>>,
    private readonly databaseUrl: string,
    private readonly program: string,
    private readonly logger: LoggerService,
  ) {}

  start(): void {
    for (const role of ROLES) {
      const count = role.processes(this.environment);
      for (let number = 1; number <= count; number += 1) {
        const name = count === 1 ? role.name : `${role.name} ${number}`;
        const child: Child = {
          name,
          role,
          process: undefined,
          address: undefined,
          startedAt: 0,
          failures: 0,
          restart: undefined,
        };
        this.children.push(child);
        this.launch(child);
      }
    }
  }

  /** What runs, for the table at the start. */
  get processes(): { name: string; service: boolean; pid: number | undefined; address: string | undefined }[] {
    return this.children.map((child) => ({
      name: child.name,
      service: child.role.kind === 'service',
      pid: child.process?.pid,
      address: child.address,
    }));
  }

  /** Stops the roles step by step: senders, then the web server, then the workers. Returns the exit code. */
  async stop(): Promise<number> {
    this.stopping = true;
    let code: number = EXIT.ok;
    const steps = [...new Set(this.children.map((child) => child.role.stopStep))].sort((a, b) => a - b);
    for (const step of steps) {
      const members = this.children.filter((child) => child.role.stopStep === step);
      const codes = await Promise.all(members.map((child) => this.stopChild(child)));
      if (codes.some((childCode) => childCode !== EXIT.ok)) code = EXIT.drainTimeout;
    }
    return code;
  }

  private launch(child: Child): void {
    const variables = Environment.childVariables(process.env, this.flags, {
      role: child.role.name,
      databaseUrl: this.databaseUrl,
      // Only one process may have the port that was asked for.
      ...(child.role.port === 'health' ? { healthPort: '0' } : {}),
    });
    child.startedAt = Date.now();
    child.process = fork(this.program, ['start'], {
      env: variables,
      execArgv: NODE_FLAGS,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.process.on('message', (message: { type: string; address: string }) => {
      // A task has done its part when it has ended.
      if (message.type === 'ready' && child.role.kind === 'service') this.noteReady(child, message.address);
    });
    child.process.on('exit', (code, signal) => this.onExit(child, code, signal));
  }

  private noteReady(child: Child, address: string): void {
    child.address = address;
    if (this.children.every((other) => other.address !== undefined)) this.announceReady();
  }

  private onExit(child: Child, code: number | null, signal: NodeJS.Signals | null): void {
    child.process = undefined;
    if (this.stopping) return;
    if (code === EXIT.ok) {
      this.noteReady(child, child.address ?? 'done');
      if (child.role.kind === 'task') this.logger.debug?.(`${child.name} is done`);
      else this.logger.log(`${child.name} has nothing more to do`);
      return;
    }
    if (Date.now() - child.startedAt > HEALTHY_AFTER_MS) child.failures = 0;
    const wait = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** child.failures);
    child.failures += 1;
    this.logger.error(`${child.name} ended with ${signal ?? `code ${code}`}; it starts again in ${wait / 1000} s`);
    child.restart = setTimeout(() => this.launch(child), wait);
  }

  private async stopChild(child: Child): Promise<number> {
    clearTimeout(child.restart);
    const running = child.process;
    if (running === undefined) return EXIT.ok;
    const exit = new Promise<number>((done) =>
      running.once('exit', (code, signal) => {
        // Ended by the signal itself: it was still starting, and had nothing to drain.
        done(code ?? (signal === 'SIGTERM' ? EXIT.ok : EXIT.failure));
      }),
    );
    running.kill('SIGTERM');
    // The child keeps to the drain time by itself; the extra second is for its last words.
    const late = sleep((this.environment.drainSeconds + 1) * 1000, undefined, { ref: false }).then(() => {
      if (running.exitCode === null && running.signalCode === null) {
        this.logger.error(`${child.name} does not stop and is killed`);
        running.kill('SIGKILL');
      }
      return exit;
    });
    return Promise.race([exit, late]);
  }
}
