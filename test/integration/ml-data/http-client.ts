import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  raw: Buffer;
  body: string;
  /** The parsed body when it is JSON: it has what the route answers with. */
  json: AnswerBody;
}

/** What the tests look into; the rest they compare as it is. */
interface AnswerBody {
  rows: Record<string, unknown>[];
  next_cursor: string | null;
  errors: unknown;
}

/** Sends one request and takes the answer as it is, still packed if it is. Objects go as JSON. */
export function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const isFile = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined ? undefined : isFile ? body : JSON.stringify(body);
  const type: Record<string, string> = body === undefined || isFile ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { ...type, ...headers } }, (answer) => {
      buffer(answer).then((raw) => {
        const text = raw.toString();
        const isJson = /\/(problem\+)?json/.test(String(answer.headers['content-type'])) && text !== '';
        resolve({
          statusCode: answer.statusCode ?? 0,
          headers: answer.headers,
          raw,
          body: text,
          json: (isJson ? JSON.parse(text) : {}) as AnswerBody,
        });
      }, reject);
    });
    call.on('error', reject);
    call.end(payload);
  });
}
