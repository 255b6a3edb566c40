import { timeZone } from '../../pages/components/time-zone.js';
import { minuteSlots } from './jobs-per-minute.js';
import { servedQueues } from './services.js';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 12, 12, 0, 30);
const utc = timeZone('UTC')!;

describe('minuteSlots', () => {
  it('has one slot for each of sixty minutes, whether there were jobs or not', () => {
    const minute = Date.UTC(2026, 0, 12, 11, 59);
    const slots = minuteSlots(
      [
        { minute, status: 'finished', jobs: 1200 },
        { minute, status: 'failed', jobs: 2 },
        { minute: minute - 61 * MINUTE, status: 'finished', jobs: 9 },
      ],
      NOW,
      ['finished', 'failed'],
      utc,
    );
    expect(slots).toHaveLength(60);
    expect(slots[58]).toEqual({ at: minute, values: [1200, 2], tip: '11:59: 1,200 finished, 2 failed' });
    expect(slots[59]).toMatchObject({ at: minute + MINUTE, values: [0, 0], tip: '12:00: no jobs' });
    expect(slots.reduce((sum, slot) => sum + slot.values[0]!, 0)).toBe(1200);
  });
});

describe('servedQueues', () => {
  const service = (name: string, queue: string) => ({
    service: name,
    queue,
    dataset: 'd',
    model: 'm',
    alias: 'champion',
    enabled: true,
    version: 1,
    sha256: 'ab',
    signature: null,
  });

  it('shows queues that hold something but that nobody reads', () => {
    const rows = servedQueues(
      [service('a', 'qa')],
      [
        { queue: 'qa', messages: 5, deadLetters: 0 },
        { queue: 'left', messages: 0, deadLetters: 2 },
        { queue: 'empty', messages: 0, deadLetters: 0 },
      ],
    );
    expect(rows.map(({ queue, service: reader, depth }) => [queue, reader?.service, depth?.messages])).toEqual([
      ['qa', 'a', 5],
      ['left', undefined, 0],
    ]);
  });

  it('keeps a service whose queue has not been made yet', () => {
    expect(servedQueues([service('a', 'qa')], [])).toMatchObject([{ queue: 'qa', depth: null }]);
  });
});
