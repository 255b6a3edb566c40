import { resolve } from 'node:path';
import type { Environment } from '../config/environment.js';

interface RunningProcess {
  name: string;
  pid: number | undefined;
  address: string | undefined;
  /** Whether it goes on running; a task ends by itself. */
  service: boolean;
}

/** What a person wants to know after `npm start`: what runs, where to look, where the data lies, how to stop. */
export function startTable(
  environment: Environment,
  processes: readonly RunningProcess[],
  embedded: boolean,
  milliseconds: number,
): string {
  const web = processes.find((process) => process.name === 'api')?.address ?? '';
  const width = Math.max(...processes.map((process) => process.name.length));
  const rows = processes
    .filter((process) => process.pid !== undefined && process.service)
    .map((process) => `    ${process.name.padEnd(width)}  ${process.address ?? 'starting'}  (process ${process.pid})`);
  return `
  GITS is running (started in ${(milliseconds / 1000).toFixed(1)} s).

${rows.join('\n')}

    Dashboard   ${web}/dash_main_dashboard
    API         ${web}/docs
    Data        ${resolve(environment.dataDir)}${embedded ? ' (embedded PostgreSQL)' : ' (files), rows in DATABASE_URL'}
    Log in      npm run gits -- login-link   (a new one-time link)
    Stop        Ctrl-C

`;
}
