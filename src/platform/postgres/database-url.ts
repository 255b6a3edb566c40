import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Environment } from '../../config/environment.js';

/**
 * Where the database is: DATABASE_URL, or the embedded server of the data directory, as its last start noted it. Null:
 * neither is there.
 */
export async function databaseUrlOf(environment: Environment): Promise<string | null> {
  if (environment.databaseUrl !== '') return environment.databaseUrl;
  try {
    const file = resolve(environment.dataDir, 'secrets', 'postgres.json');
    const { port, password } = JSON.parse(await readFile(file, 'utf8')) as { port: number; password: string };
    return port === 0 ? null : embeddedUrl(port, password);
  } catch {
    return null;
  }
}

export function embeddedUrl(port: number, password: string): string {
  return `postgresql://gits:${password}@127.0.0.1:${port}/gits`;
}
