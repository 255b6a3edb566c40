import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/**
 * Writes a generated page, or with `--check` on the command line only says whether the page on disk is current (exit
 * code 1 if it is not).
 */
export async function writeOrCheck(url, text) {
  const path = url.pathname;
  const formatted = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
  const name = path.slice(path.lastIndexOf('/docs/') + 1);
  if (!process.argv.includes('--check')) {
    writeFileSync(url, formatted);
    console.log(`wrote ${name}`);
  } else if (readFileSync(url, 'utf8') !== formatted) {
    console.error(`${name} is stale: run \`npm run build\` and then \`node ${process.argv[1]}\``);
    process.exitCode = 1;
  }
}
