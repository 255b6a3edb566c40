import { type Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InvalidProblem } from '../platform/http/problem.js';

/** No text begins with these bytes, so that a gzip file is known without being told (RFC 1952). */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** The bytes of a file, unpacked when it is gzip. A broken archive is an InvalidProblem. */
export async function* plainBytes(file: Readable): AsyncGenerator<Buffer> {
  const chunks = startingWith(file, GZIP_MAGIC.length);
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    const all = rest(first.value, chunks);
    if (first.value.subarray(0, 2).equals(GZIP_MAGIC)) yield* unpacked(all);
    else yield* all;
  } finally {
    // Also when the reader stops before it has asked for the second chunk.
    await chunks.return(undefined);
  }
}

async function* unpacked(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of pipeline(packed, createGunzip(), () => undefined) as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('Z_')) throw error;
    throw new InvalidProblem(
      'unreadable-file',
      `The file is not good gzip: ${(error as Error).message}. Nothing was stored.`,
    );
  }
}

/** The chunks of a stream, the first of which has at least `bytes` unless the stream is shorter. */
async function* startingWith(stream: Readable, bytes: number): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const buffer of arriving(stream)) {
    if (head === undefined) {
      yield buffer;
    } else {
      head = Buffer.concat([head, buffer]);
      if (head.length < bytes) continue;
      const first = head;
      head = undefined;
      yield first;
    }
  }
  if (head !== undefined && head.length > 0) yield head;
}

/**
 * The chunks as they come. The stream is left open when the reader stops early: it is a request, and closing it would cut
 * the answer off that says what was wrong.
 */
async function* arriving(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer | string>) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    const { message } = error as Error;
    throw new InvalidProblem('upload-broken', `The file did not come to its end (${message}). Nothing was stored.`);
  }
}

async function* rest(first: Buffer, others: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}
