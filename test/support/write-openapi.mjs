// Writes openapi.json, as the running program gives it: `npm run openapi`. The e2e test holds the file to the program.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_KEY, startInstallation } from './gits-process.mjs';

const dataDir = await mkdtemp(join(tmpdir(), 'gits-openapi-'));
try {
  const { gits, url } = await startInstallation(dataDir, { settings: { GITS_DEMO: 'false', GITS_WORKERS: '0' } });
  try {
    const response = await fetch(`${url}/docs-json`, { headers: { authorization: `Bearer ${API_KEY}` } });
    if (!response.ok) throw new Error(`GET /docs-json answers ${response.status}: ${await response.text()}`);
    const document = await response.json();
    await writeFile(new URL('../../openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
    console.log(`openapi.json: ${Object.keys(document.paths).length} paths`);
  } finally {
    await gits.stop();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
