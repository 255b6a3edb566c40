import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirLock, findHolder } from './data-dir-lock.js';
import { EXIT, type ExitError } from './exit-codes.js';

describe(DataDirLock.name, () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gits-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('holds a directory until it is released', async () => {
    const lock = await DataDirLock.take(directory);
    expect(await findHolder(directory)).toBe(process.pid);
    const refusal = await DataDirLock.take(directory).catch((error: unknown) => error as ExitError);
    expect(refusal).toMatchObject({ exitCode: EXIT.inUse });
    expect((refusal as ExitError).message).toContain(`in use by process ${process.pid}`);
    await lock.release();
    expect(await findHolder(directory)).toBeNull();
    await (await DataDirLock.take(directory)).release();
  });

  it.each([
    ['whose process is gone', JSON.stringify({ pid: 999_999, port: 1, token: 'x' })],
    [
      'whose process number belongs to another program by now',
      JSON.stringify({ pid: process.pid, port: 1, token: 'x' }),
    ],
    ['that is cut off', '{"pid": 1'],
    ['that is empty', ''],
  ])('takes over a lock file %s', async (_, content) => {
    await writeFile(join(directory, 'gits.lock'), content);
    expect(await findHolder(directory)).toBeNull();
    const lock = await DataDirLock.take(directory);
    expect(await findHolder(directory)).toBe(process.pid);
    await lock.release();
  });

  it('gives one of many simultaneous starts the lock', async () => {
    await writeFile(join(directory, 'gits.lock'), 'stale');
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => DataDirLock.take(directory)));
    const taken = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await taken[0]!.value.release();
  });
});
