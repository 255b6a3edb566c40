import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('generated pages of the documentation', () => {
  it.each([
    ['docs/settings.md holds every setting as it is', 'docs/make-settings.mjs'],
    ['docs/security.md holds every route with its role', 'docs/make-routes.mjs'],
  ])('%s', async (_title, script) => {
    // The script reads the built program; its own message says what to do about a stale page.
    await expect(run(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' });
  });
});
