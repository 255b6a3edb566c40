import { RecentLookups } from './recent-lookups.js';

describe('RecentLookups', () => {
  let now = 0;
  let loads: string[] = [];
  const load = (key: string) => async () => {
    loads.push(key);
    return `${key} at ${now}`;
  };

  beforeEach(() => {
    now = 0;
    loads = [];
  });

  it('loads a key once within its life, also for callers at the same time', async () => {
    const lookups = new RecentLookups<string>(3000, 10, () => now);
    expect(await Promise.all([lookups.get('a', load('a')), lookups.get('a', load('a'))])).toEqual(['a at 0', 'a at 0']);
    now = 2999;
    expect(await lookups.get('a', load('a'))).toBe('a at 0');
    expect(loads).toEqual(['a']);
    now = 3000;
    expect(await lookups.get('a', load('a'))).toBe('a at 3000');
  });

  it('loads again after a key was forgotten', async () => {
    const lookups = new RecentLookups<string>(3000, 10, () => now);
    await lookups.get('a', load('a'));
    now = 1;
    lookups.forget('a');
    expect(await lookups.get('a', load('a'))).toBe('a at 1');
  });

  it('does not remember a failure', async () => {
    const lookups = new RecentLookups<string>(3000, 10, () => now);
    await expect(lookups.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await lookups.get('a', load('a'))).toBe('a at 0');
  });

  it('keeps to its capacity and drops the oldest', async () => {
    const lookups = new RecentLookups<string>(3000, 2, () => now);
    for (const key of ['a', 'b', 'c']) await lookups.get(key, load(key));
    expect(lookups.size).toBe(2);
    await lookups.get('c', load('c'));
    await lookups.get('b', load('b'));
    await lookups.get('a', load('a'));
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });
});
