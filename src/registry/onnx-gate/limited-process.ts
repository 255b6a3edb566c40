import { QUIET_RUNTIME } from './quiet-runtime.js';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'node:path';

export interface ProcessLimits {
  /** Wall-clock limit from start to last message, milliseconds. */
  timeoutMs: number;
  /** Resident memory, MiB; read from /proc every 20 ms and enforced by SIGKILL. Linux only. */
  memoryMb: number;
  /** Address space, MiB; 0 for none. Linux only: a huge allocation fails at once instead of between two readings of the memory. */
  addressSpaceMb: number;
}

/** How a limited process ended. */
export type LimitedOutcome<Reply> =
  | { kind: 'reply'; reply: Reply; peakRssMb: number }
  | { kind: 'timeout' }
  | { kind: 'memory'; rssMb: number }
  | { kind: 'exit'; code: number | null; signal: string | null };

const POLL_MS = 20;
const SHELL = '/bin/sh';

/**
 * Runs a built file in a child process with no environment (so no secrets), no files to write, no core dump, and limits on
 * time, CPU and memory. Sends it `input`, waits for the first message for which `isReply` holds, and ends it in every case.
 */
export function runLimited<Reply>(
  entry: string,
  input: object,
  limits: ProcessLimits,
  isReply: (message: unknown) => message is Reply,
): Promise<LimitedOutcome<Reply>> {
  return new Promise((resolve) => {
    const child = spawnLimited(entry, limits);
    let peakRssMb = 0;
    const finish = (outcome: LimitedOutcome<Reply>): void => {
      clearTimeout(timer);
      clearInterval(poll);
      child.removeAllListeners();
      // A late write error of the killed child has no one to tell.
      child.on('error', () => undefined);
      child.kill('SIGKILL');
      if (child.connected) child.disconnect();
      resolve(outcome);
    };
    const timer = setTimeout(() => finish({ kind: 'timeout' }), limits.timeoutMs);
    const poll = setInterval(() => {
      const rssMb = residentMb(child.pid);
      peakRssMb = Math.max(peakRssMb, rssMb);
      if (rssMb > limits.memoryMb) finish({ kind: 'memory', rssMb });
    }, POLL_MS);
    child.on('message', (message) => {
      if (isReply(message)) finish({ kind: 'reply', reply: message, peakRssMb });
    });
    child.on('exit', (code, signal) => {
      // 128 + n is how a shell, or the CPU limit behind it, tells of signal n.
      if (signal === 'SIGXCPU') finish({ kind: 'timeout' });
      else finish({ kind: 'exit', code, signal });
    });
    child.on('error', () => finish({ kind: 'exit', code: null, signal: null }));
    child.send(input, () => undefined);
  });
}

function spawnLimited(entry: string, limits: ProcessLimits): ChildProcess {
  const heapMb = Math.max(64, Math.min(512, Math.floor(limits.memoryMb / 2)));
  const command = [process.execPath, `--max-old-space-size=${heapMb}`, entry];
  const options = {
    env: { ...QUIET_RUNTIME },
    cwd: parse(process.execPath).root,
    serialization: 'advanced' as const,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'] as ('ignore' | 'ipc')[],
  };
  if (process.platform !== 'linux' || !existsSync(SHELL)) return spawn(command[0]!, command.slice(1), options);
  // A failed ulimit means that a stricter one is already in force. `exec` keeps the process id, which we watch and kill.
  const rules = ['-c 0', '-f 0', `-t ${Math.ceil(limits.timeoutMs / 1000) + 1}`];
  if (limits.addressSpaceMb > 0) rules.push(`-v ${limits.addressSpaceMb * 1024}`);
  const script = `${rules.map((rule) => `ulimit ${rule} 2>/dev/null`).join('; ')}; exec "$@"`;
  return spawn(SHELL, ['-c', script, 'sh', ...command], options);
}

/** Resident memory of a process in MiB; 0 where it cannot be read. */
function residentMb(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return 0;
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match === null ? 0 : Number(match[1]) / 1024;
  } catch {
    return 0;
  }
}
