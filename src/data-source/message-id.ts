import { createHash } from 'node:crypto';
import { v7 as uuid } from 'uuid';

/**
 * The id of a row's message: a UUIDv7 that follows from the run and the position alone, so that a row which is sent again
 * after a crash is the same message, and in order of position, so that the index of jobs grows at its end.
 *
 * @param startedAt when the run began; epoch milliseconds
 */
export function messageId(run: string, startedAt: number, position: number): string {
  const random = createHash('sha256').update(`${run}\n${position}`).digest().subarray(0, 16);
  return uuid({ msecs: startedAt + position, seq: 0, random });
}
