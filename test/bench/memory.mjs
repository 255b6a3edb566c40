import { readFileSync, readdirSync } from 'node:fs';

const LOOK_MS = 100;

/** Watches the resident memory of processes and of their children; Linux only, elsewhere it reports 0. */
export function watchMemory() {
  const roots = new Set();
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of roots) for (const member of [pid, ...childrenOf(pid)]) peak = Math.max(peak, residentMb(member));
  }, LOOK_MS);
  timer.unref();
  return {
    add: (pid) => roots.add(pid),
    /** The largest single process, MiB. */
    peakMb: () => Math.round(peak),
    stop: () => clearInterval(timer),
  };
}

function residentMb(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/);
    return line === null ? 0 : Number(line[1]) / 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
