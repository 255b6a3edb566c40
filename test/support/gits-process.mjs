// Runs the built program as a process of its own. Plain JavaScript: the kill test and the OpenAPI writer use it without Jest.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killTree, signal } from './process-tree.mjs';

export const PROGRAM = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** Fits the shape of preset keys, and is as good as any: nobody else reaches the server of a test. */
export const API_KEY = 'gits_key_for_tests_only_0123456789';

const OUR_VARIABLES = /^(GITS_|DATABASE_URL$|AMQP_URL$|MONGO_URL$|NODE_OPTIONS$)/;

/** One run of `gits`, with what it writes. */
export class GitsProcess {
  /**
   * @param {string[]} args such as ['start', '--role', 'worker']
   * @param {{ settings?: Record<string, string>; program?: string }} options settings are environment variables; those of
   *   the caller are not passed on
   */
  constructor(args, { settings = {}, program = PROGRAM } = {}) {
    if (!existsSync(program)) throw new Error(`${program} is missing: run "npm run build" first.`);
    const inherited = Object.entries(process.env).filter(([name]) => !OUR_VARIABLES.test(name));
    /** Standard output and error, as they came. */
    this.output = '';
    this.ended = false;
    this.child = spawn(process.execPath, [program, ...args], {
      env: { ...Object.fromEntries(inherited), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.on('data', (chunk) => (this.output += String(chunk)));
    this.child.stderr.on('data', (chunk) => (this.output += String(chunk)));
    /** Resolves with the exit code, or the signal that ended it. */
    this.exit = new Promise((done) => {
      this.child.once('exit', (code, name) => {
        this.ended = true;
        done(code ?? name);
      });
    });
  }

  get pid() {
    return this.child.pid ?? 0;
  }

  /**
   * Waits for a text in the output; throws with the output when the program ends first, or takes too long.
   *
   * @param {RegExp} pattern
   */
  async printed(pattern, timeoutMs = 90_000) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.ended) throw new Error(`the program ended before it printed ${pattern}:\n${this.output}`);
      if (Date.now() > deadline)
        throw new Error(`the program did not print ${pattern} within ${timeoutMs} ms:\n${this.output}`);
      await sleep(20);
    }
  }

  /** Waits for the end and returns the exit code; kills and throws when that takes too long. */
  async end(timeoutMs = 90_000) {
    const late = sleep(timeoutMs, 'late', { ref: false });
    const code = await Promise.race([this.exit, late]);
    if (code !== 'late') return code;
    await this.kill();
    throw new Error(`the program did not end within ${timeoutMs} ms:\n${this.output}`);
  }

  /** SIGTERM, and the exit code. */
  async stop(timeoutMs = 90_000) {
    if (!this.ended) signal(this.pid, 'SIGTERM');
    return this.end(timeoutMs);
  }

  /** SIGKILL for the process and everything below it; returns how many that were. */
  async kill() {
    if (this.ended) return 0;
    const count = await killTree(this.pid);
    await this.exit;
    return count;
  }
}

/**
 * Starts a whole installation and waits until every role is ready.
 *
 * @param {string} dataDir
 * @param {{ settings?: Record<string, string>; program?: string }} options
 */
export async function startInstallation(dataDir, { settings = {}, program } = {}) {
  const defaults = { GITS_DATA_DIR: dataDir, GITS_PORT: '0', GITS_API_KEY: API_KEY };
  const gits = new GitsProcess(['start'], { settings: { ...defaults, ...settings }, program });
  try {
    const [, url = ''] = await gits.printed(/Dashboard +(http:\/\/\S+)\/dash_main_dashboard/);
    return { gits, url };
  } catch (error) {
    await gits.kill();
    throw error;
  }
}
