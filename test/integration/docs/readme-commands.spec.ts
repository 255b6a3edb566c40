import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { API_KEY } from '../../support/gits-process.mjs';
import { Installation } from '../../support/installation.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The block of shell commands behind the comment in README.md that names this file. */
async function commandsOfReadme(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const block = /readme-commands\.spec\.ts -->\s+```bash\n(.*?)```/s.exec(readme)?.[1];
  if (block === undefined) throw new Error('README.md must have a block of commands behind the comment on this test.');
  return block;
}

describe('README.md', () => {
  let gits: Installation;
  beforeAll(async () => {
    gits = await Installation.start({ GITS_COLLECT_INTERVAL: '0.2' });
  });
  afterAll(() => gits.remove());

  it('leads to a model of one’s own with its commands as they stand', async () => {
    const commands = (await commandsOfReadme())
      .replaceAll('http://127.0.0.1:8000', gits.url)
      .replaceAll('$(cat .gits/api-key.txt)', API_KEY)
      .replaceAll('.gits/', `${gits.dataDir}/`);
    const { stdout } = await run('bash', ['-euc', commands], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', GITS_DATA_DIR: gits.dataDir, GITS_LABEL_DELAY: '0' },
    });
    expect(stdout).toContain('"message":"Results calculated successfully."');
    expect(stdout).toContain('sent 240 messages');

    for (let look = 0; look < 100; look += 1) {
      const counts = await gits.get<Record<string, number>>('/ml_data_api/datasets/dryer/counts');
      if (counts['labelled'] === 240) break;
      await new Promise((done) => setTimeout(done, 200));
    }
    const counts = await gits.get('/ml_data_api/datasets/dryer/counts');
    expect(counts).toEqual({ dataset: 'dryer', training: 480, testing: 0, production: 241, labelled: 240 });
  });
});
