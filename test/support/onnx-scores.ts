import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./onnx-scores-process.mjs', import.meta.url));

/**
 * What ONNX Runtime itself says of rows, in a process of its own: its native code and Jest's sandbox disagree on what a
 * Float32Array is.
 *
 * @param model a regressor's file with one float input [N, width]
 * @param rows feature values; null is a missing one
 */
export async function onnxScores(model: Uint8Array, rows: readonly (readonly (number | null)[])[]): Promise<number[]> {
  if (rows.length === 0) return [];
  const directory = await mkdtemp(join(tmpdir(), 'gits-onnx-'));
  try {
    const file = join(directory, 'model.onnx');
    await writeFile(file, model);
    const child = spawn(process.execPath, [ENTRY, file, String(rows[0]!.length)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(Buffer.from(Float32Array.from(rows.flat(), (value) => value ?? Number.NaN).buffer));
    return JSON.parse(await text(child.stdout)) as number[];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
