import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import type { DynamicModule, INestApplication, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { FirstAdmin } from '../access/first-admin.js';
import { Gatekeeper } from '../access/gatekeeper.js';
import { LoginRedirectFilter } from '../access/login-required.js';
import type { Environment } from '../config/environment.js';
import { registerImportParsers } from '../ml-data/register-import-parsers.js';
import { ProblemFilter } from '../platform/http/problem.filter.js';
import { createValidationPipe } from '../platform/http/validation.js';
import { registerModelUpload } from '../registry/register-model-upload.js';

const DOCS = 'docs';

export interface WebApplication {
  app: INestApplication;
  /** Opens the port and returns the URL. */
  listen(): Promise<string>;
}

/** The web server: API, Swagger UI and pages on one port. */
export async function createWebApplication(
  root: DynamicModule,
  environment: Environment,
  logger: LoggerService,
): Promise<WebApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: environment.maxBodyBytes,
    trustProxy: environment.trustProxy,
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger, abortOnError: false });
  await configure(app, environment);
  SwaggerModule.setup(DOCS, app, () => createOpenApi(app), {
    jsonDocumentUrl: `${DOCS}-json`,
    customSiteTitle: 'GITS API',
    swaggerOptions: { persistAuthorization: true, docExpansion: 'none', tagsSorter: 'alpha' },
  });
  return {
    app,
    listen: async () => {
      await app.listen(environment.port, environment.host);
      const { port } = app.getHttpServer().address() as { port: number };
      const host = ['0.0.0.0', '::'].includes(environment.host) ? '127.0.0.1' : environment.host;
      const url = environment.publicUrl === '' ? `http://${host}:${port}` : environment.publicUrl;
      await app.get(FirstAdmin, { strict: false }).announce(url);
      return url;
    },
  };
}

async function configure(app: NestFastifyApplication, environment: Environment): Promise<void> {
  app.useGlobalPipes(createValidationPipe());
  // Nest asks the filter that came last first.
  app.useGlobalFilters(new ProblemFilter(), new LoginRedirectFilter());
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // Plain HTTP on loopback is the default; a TLS proxy in front sets its own.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
  });
  const fastify = app.getHttpAdapter().getInstance();
  // Swagger's routes are Fastify's own: Nest's guard does not see them.
  fastify.addHook('onRequest', async (request, reply) => {
    if (isDocs(request.url)) await app.get(Gatekeeper, { strict: false }).admit(request, reply, 'viewer');
  });
  // Swagger UI styles itself in the page; nothing of ours stands there.
  fastify.addHook('onSend', async (request, reply) => {
    if (!isDocs(request.url)) return;
    const policy = String(reply.getHeader('content-security-policy') ?? '');
    reply.header('content-security-policy', policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"));
  });
  await registerImportParsers(fastify);
  registerModelUpload(fastify, environment.maxModelBytes);
}

function isDocs(url: string): boolean {
  return url.startsWith(`/${DOCS}`);
}

/** The OpenAPI document of every route. */
export function createOpenApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('GITS')
    .setDescription(
      'Scores, stores, watches and retrains industrial machine-learning models. Errors are RFC 9457 problem+json.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .addSecurityRequirements('bearer')
    .build();
  return SwaggerModule.createDocument(app, builder, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}
