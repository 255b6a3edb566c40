import { Logger } from '@nestjs/common';
import { checkAccessSettings } from '../access/access-settings.js';
import type { Environment } from '../config/environment.js';
import { EmbeddedPostgres } from '../platform/postgres/embedded-postgres.js';
import { migrate } from '../platform/postgres/migrator.js';
import { createLogger } from '../platform/telemetry/logger.js';
import { DataDirLock } from '../roles/data-dir-lock.js';
import { EXIT, ExitError } from '../roles/exit-codes.js';
import { ROLES, findRole } from '../roles/roles.js';
import { runRoles } from '../roles/run-role.js';
import { Supervisor } from '../roles/supervisor.js';
import { startTable } from './start-table.js';

/** `gits start`: one or more roles in this process, or all of them under a supervisor. */
export async function start(
  environment: Environment,
  flags: Readonly<Record<string, string>>,
  program: string,
): Promise<number> {
  checkAccessSettings(environment);
  const names = environment.role;
  if (names.includes('all')) {
    if (names.length > 1)
      throw new ExitError(EXIT.usage, '--role all already means every role; name no other with it.');
    return startAll(environment, flags, program);
  }
  const roles = names.map((name) => {
    const role = findRole(name);
    if (role === undefined) {
      const known = ['all', ...ROLES.map((each) => each.name)].join(', ');
      throw new ExitError(
        EXIT.usage,
        `--role must be one of ${known} (or some of them, comma separated), but is "${name}".`,
      );
    }
    return role;
  });
  return runRoles(roles, environment);
}

async function startAll(
  environment: Environment,
  flags: Readonly<Record<string, string>>,
  program: string,
): Promise<number> {
  const logger = createLogger(environment, 'all');
  Logger.overrideLogger(logger);
  const startedAt = Date.now();
  const lock = await DataDirLock.take(environment.dataDir);
  let postgres: EmbeddedPostgres | undefined;
  try {
    const stopRequested = stopSignal();
    let fail!: (error: Error) => void;
    const failed = new Promise<Error>((done) => {
      fail = done;
    });
    if (environment.databaseUrl === '') {
      postgres = await EmbeddedPostgres.start(environment.dataDir, environment.postgresPort, (reason) =>
        fail(
          new Error(
            `the embedded PostgreSQL ended unexpectedly (${reason}); see ${environment.dataDir}/logs/postgres.log`,
          ),
        ),
      );
    }
    const url = postgres?.url ?? environment.databaseUrl;
    for (const name of await migrateOrExplain(url)) logger.debug(`ran migration ${name}`);
    const supervisor = new Supervisor(environment, flags, url, program, logger);
    supervisor.start();
    const outcome = await Promise.race([supervisor.ready, stopRequested, failed]);
    if (outcome === undefined) {
      process.stdout.write(
        startTable(environment, supervisor.processes, postgres !== undefined, Date.now() - startedAt),
      );
    }
    const end = outcome ?? (await Promise.race([stopRequested, failed]));
    if (end instanceof Error) logger.error(end.message);
    else logger.log(`${end}: finishing what is under way (at most ${environment.drainSeconds} s for each step)`);
    const code = await supervisor.stop();
    if (end instanceof Error) return EXIT.failure;
    logger.log('stopped');
    return code;
  } finally {
    await postgres?.stop();
    await lock.release();
  }
}

async function migrateOrExplain(url: string): Promise<string[]> {
  try {
    return await migrate(url);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== undefined && /^(E[A-Z]+|28|3D|08)/.test(code)) {
      throw new ExitError(EXIT.unreachable, `The database (DATABASE_URL) cannot be used: ${message || code}.`);
    }
    throw error;
  }
}

function stopSignal(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => done(signal));
  });
}
