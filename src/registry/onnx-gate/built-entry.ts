import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Path of the built JavaScript file that a child process starts with. From built code that is the file beside the caller; from
 * TypeScript sources (tests) it is the same file under `dist/`.
 *
 * @param caller the caller's `import.meta.url`
 * @param file such as `./onnx-gate-process.js`
 */
export function builtEntry(caller: string, file: string): string {
  const url = new URL(file, caller).href;
  const path = fileURLToPath(caller.endsWith('.ts') ? url.replace(/\/src\/(?!.*\/src\/)/, '/dist/src/') : url);
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build" first.`);
  return path;
}
