import { messageId } from './message-id.js';

const START = Date.UTC(2026, 0, 1);

describe(messageId.name, () => {
  it('follows from run and position alone', () => {
    expect(messageId('a', START, 7)).toBe(messageId('a', START, 7));
    expect(messageId('a', START, 7)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('differs by run and by position', () => {
    const ids = ['a', 'b'].flatMap((run) =>
      Array.from({ length: 1000 }, (_, position) => messageId(run, START, position)),
    );
    expect(new Set(ids).size).toBe(2000);
  });

  it('grows with the position', () => {
    const ids = Array.from({ length: 1000 }, (_, position) => messageId('a', START, position));
    expect([...ids].sort()).toEqual(ids);
  });
});
