import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from '../../../src/access/access.module.js';
import { LoginRedirectFilter } from '../../../src/access/login-required.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { Environment } from '../../../src/config/environment.js';
import { DashboardsModule } from '../../../src/dashboards/dashboards.module.js';
import { ProblemFilter } from '../../../src/platform/http/problem.filter.js';
import { PostgresModule } from '../../../src/platform/postgres/postgres.module.js';
import { TelemetryModule } from '../../../src/platform/telemetry/telemetry.module.js';

export const API_KEY = 'gits_a-key-for-tests-0123456789';

/** Dashboards behind access control, listening on a free port of loopback. */
export async function startDashboardApp(databaseUrl: string): Promise<{ app: NestFastifyApplication; url: string }> {
  @Module({
    imports: [
      ConfigModule.with(Environment.read({ GITS_API_KEY: API_KEY })),
      PostgresModule.forUrl(databaseUrl, 'gits dashboard test', 8),
      TelemetryModule,
      AccessModule,
      DashboardsModule,
    ],
  })
  class DashboardTest {}
  Logger.overrideLogger(false);
  const app = await NestFactory.create<NestFastifyApplication>(DashboardTest, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(), new LoginRedirectFilter());
  await app.listen(0, '127.0.0.1');
  return { app, url: (await app.getUrl()).replace('[::1]', '127.0.0.1') };
}
