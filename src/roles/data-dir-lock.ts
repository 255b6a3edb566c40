import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type Server, connect, createServer } from 'node:net';
import { resolve } from 'node:path';
import { EXIT, ExitError } from './exit-codes.js';

const ANSWER_TIMEOUT_MS = 1000;

interface LockFile {
  pid: number;
  port: number;
  token: string;
}

/**
 * Holds a data directory for one supervisor. The lock file names a loopback port on which the holder answers with its
 * token: a file whose holder is gone is seen at once, also after a reboot or in a container where process numbers repeat.
 */
export class DataDirLock {
  private constructor(
    private readonly file: string,
    private readonly server: Server,
  ) {}

  static async take(dataDir: string): Promise<DataDirLock> {
    await mkdir(dataDir, { recursive: true });
    const file = resolve(dataDir, 'gits.lock');
    const token = randomUUID();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(token);
    });
    const port = await new Promise<number>((done, fail) => {
      server.once('error', fail);
      server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
    });
    server.unref();
    const content = JSON.stringify({ pid: process.pid, port, token } satisfies LockFile);
    for (let round = 0; round < 3; round += 1) {
      try {
        await writeFile(file, content, { flag: 'wx', mode: 0o600 });
        return new DataDirLock(file, server);
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw error;
        const holder = await holderOf(file);
        if (holder !== null) {
          server.close();
          throw new ExitError(
            EXIT.inUse,
            `The data directory ${dataDir} is in use by process ${holder}. Stop it first, or choose another directory ` +
              '(GITS_DATA_DIR) and port (GITS_PORT).',
          );
        }
        // Renamed before it is removed: of two starts that see the same stale file only one gets it.
        const stale = `${file}.${process.pid}.stale`;
        await rename(file, stale).catch(() => undefined);
        await rm(stale, { force: true });
      }
    }
    server.close();
    throw new ExitError(EXIT.inUse, `The lock file ${file} could not be taken.`);
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
    this.server.close();
  }
}

/** Process number of the supervisor that holds the directory, null when there is none. */
export async function findHolder(dataDir: string): Promise<number | null> {
  return holderOf(resolve(dataDir, 'gits.lock'));
}

async function holderOf(file: string): Promise<number | null> {
  let lock: LockFile;
  try {
    lock = JSON.parse(await readFile(file, 'utf8')) as LockFile;
  } catch {
    return null;
  }
  const answer = await new Promise<string>((done) => {
    let received = '';
    const socket = connect({ host: '127.0.0.1', port: lock.port });
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('error', () => undefined);
    socket.on('close', () => done(received));
  });
  return answer === lock.token ? lock.pid : null;
}
