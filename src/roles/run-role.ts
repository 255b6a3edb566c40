import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { type INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import type { Environment } from '../config/environment.js';
import { LifetimeModule } from '../platform/lifetime/lifetime.module.js';
import { Lifetime } from '../platform/lifetime/lifetime.js';
import { databaseUrlOf } from '../platform/postgres/database-url.js';
import { pendingMigrations } from '../platform/postgres/migrator.js';
import { PostgresModule } from '../platform/postgres/postgres.module.js';
import { startHealthServer, urlOf } from '../platform/telemetry/health-server.js';
import { Health } from '../platform/telemetry/health.js';
import { createLogger } from '../platform/telemetry/logger.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import { TelemetryModule } from '../platform/telemetry/telemetry.module.js';
import { EXIT, ExitError } from './exit-codes.js';
import type { RoleDefinition } from './roles.js';

/** The class that carries the modules of the roles of this process. */
@Module({})
class RoleProcess {}

/** Runs roles in this process until they end, or until it is told to stop; returns the exit code. */
export async function runRoles(roles: readonly RoleDefinition[], environment: Environment): Promise<number> {
  const names = roles.map((role) => role.name).join(',');
  const logger = createLogger(environment, names);
  Logger.overrideLogger(logger);
  const url = await reachDatabase(environment);
  // From here on work may be under way: a signal is heard now and obeyed once everything is up.
  const stopRequested = stopRequest();
  const root = {
    module: RoleProcess,
    imports: [
      ConfigModule.with(environment),
      PostgresModule.forUrl(url, `gits ${names}`, environment.databasePool),
      LifetimeModule,
      TelemetryModule,
      ...(await Promise.all(roles.map((role) => role.load()))),
    ],
  };
  const web = roles.some((role) => role.port === 'web');
  let app: INestApplicationContext;
  let address: string;
  if (web) {
    const { createWebApplication } = await import('./web-application.js');
    const application = await createWebApplication(root, environment, logger);
    address = await application.listen();
    app = application.app;
  } else {
    app = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
    const server = await startHealthServer(environment.host, environment.healthPort, app.get(Health), app.get(Metrics));
    address = urlOf(server, environment.host);
  }
  await app.get(ProcessRegistry).start(names, address);
  reportReady({ type: 'ready', address });
  const failure = await Promise.race([app.get(Lifetime).ended, stopRequested]);
  if (failure !== null) logger.error(failure.message);
  const closed = await Promise.race([
    app.close().then(() => true),
    sleep(environment.drainSeconds * 1000, false, { ref: false }),
  ]);
  if (!closed) {
    logger.error(
      `not drained within ${environment.drainSeconds} s (GITS_DRAIN_SECONDS): what was under way is delivered again`,
    );
    return EXIT.drainTimeout;
  }
  return failure === null ? EXIT.ok : EXIT.failure;
}

/** Resolves when this process is asked to stop: by a signal, or because its supervisor is gone. */
function stopRequest(): Promise<null> {
  return new Promise((done) => {
    const supervised = process.send !== undefined;
    process.on('SIGTERM', () => done(null));
    // A Ctrl-C reaches the whole group; the supervisor decides on the order.
    process.on('SIGINT', () => {
      if (!supervised) done(null);
    });
    if (supervised) process.once('disconnect', () => done(null));
  });
}

function reportReady(message: { type: 'ready'; address: string }): void {
  process.send?.(message);
}

async function reachDatabase(environment: Environment): Promise<string> {
  const url = await databaseUrlOf(environment);
  if (url === null) {
    throw new ExitError(
      EXIT.unreachable,
      `There is no database yet. Run \`gits start\` first (it starts the embedded PostgreSQL in ${environment.dataDir}), ` +
        'or set DATABASE_URL.',
    );
  }
  let pending: string[];
  try {
    pending = await pendingMigrations(url);
  } catch (error) {
    const which = environment.databaseUrl === '' ? `The embedded PostgreSQL of ${environment.dataDir}` : 'DATABASE_URL';
    throw new ExitError(
      EXIT.unreachable,
      `${which} does not answer: ${(error as Error).message}. ` +
        (environment.databaseUrl === ''
          ? 'Is `gits start` running?'
          : 'Check the address, the password and the network.'),
    );
  }
  if (pending.length > 0) {
    throw new ExitError(
      EXIT.unreachable,
      `The database lacks migrations (${pending.join(', ')}). Run \`gits migrate\`.`,
    );
  }
  return url;
}
