import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

/** Health and metrics of a role without a web server. */
export async function startHealthServer(host: string, port: number, health: Health, metrics: Metrics): Promise<Server> {
  const routes: Record<string, () => Promise<{ status: number; type: string; body: string }>> = {
    '/health/live': async () => json(200, { status: 'ok' }),
    '/health/ready': async () => {
      const report = await health.report();
      return json(report.status === 'ok' ? 200 : 503, report);
    },
    '/metrics': async () => ({
      status: 200,
      type: metrics.registry.contentType,
      body: await metrics.registry.metrics(),
    }),
  };
  const server = createServer((request, response) => {
    const route = routes[(request.url ?? '').split('?')[0] ?? ''];
    const answer = route === undefined ? Promise.resolve(json(404, { status: 'not found' })) : route();
    answer
      .catch((error: unknown) => json(500, { status: 'error', message: String(error) }))
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body))
      .catch(() => response.destroy());
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, done);
  });
  server.unref();
  return server;
}

/** URL of a server that listens. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

function json(status: number, content: unknown): { status: number; type: string; body: string } {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(content) };
}
