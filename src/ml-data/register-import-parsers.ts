import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

/** Types of files whose bodies are handed on as streams, unread: their size is limited where they are read. */
const FILE_TYPES = [
  'text/csv',
  'application/csv',
  'text/tab-separated-values',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/gzip',
  'application/x-gzip',
];

/** Lets Fastify take files for imports, as the body of a request or as the one file of a form. */
export async function registerImportParsers(fastify: FastifyInstance): Promise<void> {
  for (const type of FILE_TYPES) {
    if (!fastify.hasContentTypeParser(type))
      fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
  if (!fastify.hasContentTypeParser('multipart/form-data')) {
    await fastify.register(multipart, { limits: { files: 1, fields: 20, parts: 21, fileSize: Infinity } });
  }
}
