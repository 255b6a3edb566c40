import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitsProcess } from '../support/gits-process.mjs';

describe('the command line', () => {
  let folder: string;
  const run = async (args: string[], settings: Record<string, string> = {}) => {
    const gits = new GitsProcess(args, { settings: { GITS_DATA_DIR: folder, ...settings } });
    return { code: await gits.end(), output: gits.output };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gits-cli-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each<[what: string, args: string[], settings: Record<string, string>, says: RegExp]>([
    [
      'an unknown setting',
      ['start'],
      { GITS_PROT: '8000' },
      /GITS_PROT is not a setting of GITS\. Did you mean GITS_PORT\?/,
    ],
    [
      'a value out of range',
      ['start'],
      { GITS_PORT: '70000' },
      /GITS_PORT must be a whole number from 0 to 65535, but is "70000"/,
    ],
    [
      'a flag with a wrong value',
      ['start', '--batch-size', 'big'],
      {},
      /--batch-size must be a whole number from 1 to 8192, but is "big"/,
    ],
    ['an unknown flag', ['start', '--colour', 'red'], {}, /unknown option '--colour'/],
    [
      'an unknown role',
      ['start', '--role', 'wroker'],
      {},
      /--role must be one of all, api, .*worker.*, but is "wroker"/,
    ],
    ['all roles and another', ['start', '--role', 'all,worker'], {}, /--role all already means every role/],
    ['an unknown command', ['launch'], {}, /unknown command 'launch'/],
    [
      'several wrong settings at once',
      ['start'],
      { GITS_PORT: 'x', GITS_DEMO: 'maybe' },
      /GITS_PORT must.*\n.*GITS_DEMO must be true or false/,
    ],
  ])('ends with code 2 and a clear message for %s', async (_, args, settings, says) => {
    expect(await run(args, settings)).toEqual({ code: 2, output: expect.stringMatching(says) });
  });

  it('ends with code 3 where a role finds no database', async () => {
    expect(await run(['start', '--role', 'worker'])).toEqual({
      code: 3,
      output: expect.stringMatching(/Run `gits start` first/),
    });
    const nowhere = { DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/nothing' };
    const { code, output } = await run(['start', '--role', 'worker'], nowhere);
    expect({ code, output }).toEqual({ code: 3, output: expect.stringMatching(/DATABASE_URL does not answer/) });
    expect(output).not.toContain('secret');
  });

  it('lists commands, roles, settings and exit codes with --help', async () => {
    const { code, output } = await run(['--help']);
    expect(code).toBe(0);
    const words = [
      'start',
      'migrate',
      'doctor',
      'login-link',
      'data-source',
      'ground-truth-collector',
      'GITS_MAX_BACKLOG',
      '--max-backlog',
      'Exit codes',
    ];
    expect(words.filter((word) => !output.includes(word))).toEqual([]);
    expect(await run(['--version'])).toEqual({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\s*$/) });
  });

  it('checks a machine before the first start', async () => {
    expect(await run(['doctor'], { GITS_PORT: '0' })).toEqual({
      code: 0,
      output: expect.stringMatching(/Node\.js.*disk.*ONNX Runtime.*PostgreSQL.*Ready to run/s),
    });
  });

  it('makes the database with migrate, takes the newest migration back, and makes it again', async () => {
    expect(await run(['migrate'])).toEqual({ code: 0, output: expect.stringMatching(/Ran Platform\d+/) });
    expect(await run(['migrate'])).toEqual({ code: 0, output: expect.stringMatching(/up to date/) });
    expect(await run(['migrate', '--back'])).toEqual({ code: 0, output: expect.stringMatching(/Took back/) });
    expect(await run(['migrate'])).toEqual({ code: 0, output: expect.stringMatching(/Ran Platform\d+/) });
  });
});
