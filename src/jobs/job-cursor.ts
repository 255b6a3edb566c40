import { InvalidProblem } from '../platform/http/problem.js';
import type { JobCursor } from './job-store.js';

const FORM = /^(\d{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A place in the list as an opaque text. */
export function encodeCursor(cursor: JobCursor): string {
  return Buffer.from(`${Math.round(cursor.queuedAt)}_${cursor.id}`).toString('base64url');
}

/** Reads `encodeCursor`'s text; throws InvalidProblem for any other. */
export function decodeCursor(text: string): JobCursor {
  const match = FORM.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (match === null) {
    throw new InvalidProblem('invalid-cursor', 'cursor must be the next_cursor of an earlier page, unchanged.');
  }
  return { queuedAt: Number(match[1]), id: match[2]! };
}
