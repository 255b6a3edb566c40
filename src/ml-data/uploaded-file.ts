import '@fastify/multipart';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { InvalidProblem, ProblemError } from '../platform/http/problem.js';
import type { FileFormat } from './import.service.js';

class UnsupportedMediaProblem extends ProblemError {
  readonly status = 415;
}

export interface UploadedFile {
  readonly stream: Readable;
  /** As its type or name tells; undefined: they do not. */
  readonly format: FileFormat | undefined;
}

/** The file of a request: its body, or the one file of a form. */
export async function uploadedFile(request: FastifyRequest): Promise<UploadedFile> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new UnsupportedMediaProblem(
      'unsupported-encoding',
      `Content-Encoding must be gzip or absent, but is ${encoding}.`,
    );
  }
  if (request.isMultipart?.() === true) {
    const file = await request.file().catch(refuseForm);
    if (file === undefined) throw new InvalidProblem('file-missing', 'The form must have one file, but has none.');
    return { stream: file.file, format: formatOf(file.mimetype) ?? formatOfName(file.filename) };
  }
  const { body } = request;
  if (body instanceof Readable) return { stream: body, format: formatOf(request.headers['content-type'] ?? '') };
  throw new UnsupportedMediaProblem(
    'unsupported-media-type',
    'Content-Type must be text/csv, application/x-ndjson, application/gzip or multipart/form-data, but is ' +
      `${request.headers['content-type'] ?? 'missing'}.`,
  );
}

/** Fastify's own refusals have a status; what is left is a form that is not one. */
function refuseForm(error: Error & { statusCode?: number }): never {
  if (error.statusCode !== undefined) throw error;
  throw new InvalidProblem('unreadable-form', `The form cannot be read: ${error.message}.`);
}

function formatOf(type: string): FileFormat | undefined {
  if (/^(text|application)\/csv|^text\/tab-separated-values/i.test(type)) return 'csv';
  return /^application\/(x-ndjson|ndjson|jsonl)/i.test(type) ? 'ndjson' : undefined;
}

function formatOfName(name: string): FileFormat | undefined {
  const bare = name.toLowerCase().replace(/\.gz$/, '');
  if (/\.(csv|tsv|txt)$/.test(bare)) return 'csv';
  return /\.(ndjson|jsonl)$/.test(bare) ? 'ndjson' : undefined;
}
