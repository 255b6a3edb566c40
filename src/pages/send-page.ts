import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptsGzip, gzipPage } from './gzip.js';

/** Below this a packet is not filled anyway. */
const WORTH_PACKING = 1400;

/** Sends a page or a part of one. Never stored by caches: what stands on it is for one person and one moment. */
export async function sendPage(request: FastifyRequest, reply: FastifyReply, html: string): Promise<void> {
  reply.header('cache-control', 'no-store').header('vary', 'accept-encoding, cookie').type('text/html; charset=utf-8');
  if (html.length < WORTH_PACKING || !acceptsGzip(request.headers['accept-encoding'])) {
    await reply.send(html);
  } else {
    await reply.header('content-encoding', 'gzip').send(await gzipPage(html));
  }
}
