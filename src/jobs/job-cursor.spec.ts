import { InvalidProblem } from '../platform/http/problem.js';
import { decodeCursor, encodeCursor } from './job-cursor.js';

describe('the cursor of the job list', () => {
  it('comes back as it was', () => {
    const cursor = { queuedAt: 1_795_451_384_342, id: '01a2093d-ab92-7000-8000-014f66ac26de' };
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
  });

  it.each(['', 'x', 'MTIz', Buffer.from("1_' OR 1=1 --").toString('base64url'), '💥'])('refuses %j', (text) => {
    expect(() => decodeCursor(text)).toThrow(InvalidProblem);
  });
});
