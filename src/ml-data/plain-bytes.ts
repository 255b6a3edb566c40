import { type Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InvalidProblem } from '../platform/http/problem.js';

/** No text begins with these bytes, so that a gzip file is known without being told (RFC 1952). */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** The bytes of a file, unpacked when it is gzip. A broken archive is an InvalidProblem. */
export async function* plainBytes(file: Readable): AsyncGenerator<Buffer> {
  const chunks = startingWith(file, GZIP_MAGIC.length);
  const first = await chunks.next();
  if (first.done === true) return;
  const all = rest(first.value, chunks);
  if (!first.value.subarray(0, 2).equals(GZIP_MAGIC)) {
    yield* all;
    return;
  }
  try {
    for await (const chunk of pipeline(all, createGunzip(), () => undefined) as AsyncIterable<Buffer>) yield chunk;
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
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
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

async function* rest(first: Buffer, others: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* others;
}
