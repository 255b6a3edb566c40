import { EARLIEST_TIME, LATEST_TIME } from '../datasets/event-time.js';
import { InvalidProblem } from '../platform/http/problem.js';

/** Where a page of rows ended: the time and the key of its last row. */
export interface RowCursor {
  readonly order: 'asc' | 'desc';
  /** Epoch milliseconds. */
  readonly time: number;
  /** Row id or job id. */
  readonly key: string;
}

const KEY = /^(\d{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function encodeCursor({ order, time, key }: RowCursor): string {
  return Buffer.from(JSON.stringify([order, time, key])).toString('base64url');
}

/** Throws InvalidProblem when the text is no cursor, or one of the other order. */
export function decodeCursor(text: string, order: 'asc' | 'desc'): RowCursor {
  try {
    const [cursorOrder, time, key] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    const isTime = typeof time === 'number' && Number.isInteger(time) && time >= EARLIEST_TIME && time <= LATEST_TIME;
    if (cursorOrder === order && isTime && typeof key === 'string' && KEY.test(key)) return { order, time, key };
  } catch {
    // Not JSON: refused below.
  }
  const message = `must be the next_cursor of a page in the order ${order}, but is another text`;
  throw new InvalidProblem('invalid-cursor', `cursor ${message}.`, [{ pointer: 'cursor', message }]);
}
