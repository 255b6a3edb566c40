import type { FastifyInstance } from 'fastify';

/** Reads model files as bytes, up to their own limit. */
export function registerModelUpload(fastify: FastifyInstance, maxBytes: number): void {
  fastify.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: maxBytes },
    (_, body, done) => done(null, body),
  );
}
