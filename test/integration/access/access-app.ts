import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from '../../../src/access/access.module.js';
import { Gatekeeper } from '../../../src/access/gatekeeper.js';
import { LoginRedirectFilter } from '../../../src/access/login-required.js';
import { Public, Role } from '../../../src/access/roles.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { Environment } from '../../../src/config/environment.js';
import { ProblemFilter } from '../../../src/platform/http/problem.filter.js';
import { createValidationPipe } from '../../../src/platform/http/validation.js';
import { PostgresModule } from '../../../src/platform/postgres/postgres.module.js';

/** One route of each kind. */
@Controller('things')
class ThingsController {
  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('viewer')
  @Role('viewer')
  viewer(): string {
    return 'for viewers';
  }

  @Post('viewer')
  @Role('viewer')
  change(): string {
    return 'changed';
  }

  @Get('admin')
  @Role('admin')
  admin(): string {
    return 'for admins';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'nobody may read this';
  }
}

/** A route of its own under a role of the controller. */
@Role('admin')
@Controller('inherited')
class InheritedController {
  @Get()
  closed(): string {
    return 'for admins';
  }

  @Get('lower')
  @Role('viewer')
  lower(): string {
    return 'for viewers';
  }
}

/** A web application with nothing but access, on a database. `init` not called yet. */
export async function createAccessApp(databaseUrl: string, variables: NodeJS.ProcessEnv = {}) {
  const environment = Environment.read(variables);
  @Module({
    imports: [ConfigModule.with(environment), PostgresModule.forUrl(databaseUrl, 'gits test', 4), AccessModule],
    controllers: [ThingsController, InheritedController],
  })
  class AccessApp {}
  const app = await NestFactory.create<NestFastifyApplication>(AccessApp, new FastifyAdapter({ trustProxy: true }), {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter(), new LoginRedirectFilter());
  // A route outside of Nest, like those of Swagger UI.
  const gatekeeper = app.get(Gatekeeper);
  app
    .getHttpAdapter()
    .getInstance()
    .get(
      '/outside',
      { onRequest: (request, reply) => gatekeeper.admit(request, reply, 'viewer') },
      async () => 'outside',
    );
  return app;
}

/** The same, listening on loopback; it takes the address of a client from X-Forwarded-For. */
export async function startAccessApp(databaseUrl: string, variables: NodeJS.ProcessEnv = {}) {
  const app = await createAccessApp(databaseUrl, variables);
  await app.listen(0, '127.0.0.1');
  return app;
}

export interface Call {
  method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string | undefined>>;
  /** An object goes as JSON, a text as it is. */
  payload?: string | object;
}

export interface Answer {
  statusCode: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body as an object; nulls aside, every field that the tests read is a text. */
  json: <T = Record<string, string>>() => T;
}

/** Sends a request over the network. Unlike fetch it sends any header as given, and does not follow a redirect. */
export function call(
  app: NestFastifyApplication,
  { method = 'GET', url, headers = {}, payload }: Call,
): Promise<Answer> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const json = typeof payload === 'object';
  const sentHeaders = { 'content-type': json ? 'application/json' : undefined, ...headers };
  const options = {
    host: '127.0.0.1',
    port,
    path: url,
    method,
    agent: false,
    headers: Object.fromEntries(Object.entries(sentHeaders).filter(([, value]) => value !== undefined)),
  };
  return new Promise((done, fail) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { statusCode = 0, headers: received } = response;
        done({ statusCode, headers: received, body, json: <T>() => JSON.parse(body) as T });
      });
    });
    sent.on('error', fail);
    sent.end(json ? JSON.stringify(payload) : payload);
  });
}
