// Looks at and ends processes that a test has started. Plain JavaScript, so that the kill test runs without a build of the tests.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const END_TIMEOUT_MS = 20_000;

/**
 * Every running process of this machine; zombies do not count.
 *
 * @returns {{ pid: number; parent: number; command: string }[]}
 */
export function runningProcesses() {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/**
 * The children of `root`, their children and so on; without `root` itself.
 *
 * @param {number} root
 */
export function descendantsOf(root) {
  const all = runningProcesses();
  const found = [];
  for (let parents = [root]; parents.length > 0;) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map(({ pid }) => pid);
  }
  return found;
}

/**
 * SIGKILL for `root` and everything below it, as a power cut would: all are halted first, so that nobody can react to the
 * end of another or start a new one. Returns how many were killed, when all are gone.
 *
 * @param {number} root
 */
export async function killTree(root) {
  /** @type {Set<number>} */
  const halted = new Set();
  for (let found = [root]; found.length > 0;) {
    for (const pid of found) {
      signal(pid, 'SIGSTOP');
      halted.add(pid);
    }
    found = descendantsOf(root)
      .map(({ pid }) => pid)
      .filter((pid) => !halted.has(pid));
  }
  for (const pid of halted) signal(pid, 'SIGKILL');
  const deadline = Date.now() + END_TIMEOUT_MS;
  while (runningProcesses().some(({ pid }) => halted.has(pid))) {
    if (Date.now() > deadline) throw new Error(`processes below ${root} do not end`);
    await sleep(20);
  }
  return halted.size;
}

/**
 * Sends a signal; false when the process is gone already.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  // 0 and below would be whole groups of processes, 1 the system.
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`there is no process ${pid} of ours`);
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code === 'ESRCH') return false;
    throw error;
  }
}

function fromProc() {
  const processes = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The second field is the name in brackets, and may hold anything.
      const [state, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\)\s+/s, '')
        .split(' ');
      if (state === 'Z' || state === 'X') continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      processes.push({ pid: Number(name), parent: Number(parent), command });
    } catch {
      // It ended while we looked.
    }
  }
  return processes;
}

function fromPs() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return lines.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state?.startsWith('Z') === true
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command: command ?? '' }];
  });
}
