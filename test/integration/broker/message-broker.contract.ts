import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import {
  type BatchHandler,
  type Consumer,
  type MessageBatch,
  type MessageBroker,
  type OutgoingMessage,
  UnroutableError,
} from '../../../src/platform/broker/message-broker.js';

/** What a broker under test needs besides the port itself. */
export interface BrokerUnderTest {
  broker: MessageBroker;
  /** A second consumer whose process can be killed without a word while it holds a batch. */
  consumeAndDie(queue: string): Promise<void>;
}

/** The promises of the port, held against one adapter. */
export function describeMessageBroker(setup: () => Promise<BrokerUnderTest>): void {
  let broker: MessageBroker;
  let underTest: BrokerUnderTest;
  let consumers: Consumer[] = [];
  let number = 0;

  beforeAll(async () => {
    underTest = await setup();
    broker = underTest.broker;
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    consumers = [];
  });

  const newQueue = async () => {
    const queue = `contract_${(number += 1)}`;
    await broker.declare(queue);
    return queue;
  };
  const consume = async (queue: string, handler: BatchHandler, batchSize = 100, batchesInFlight = 2) => {
    const consumer = await broker.consume([queue], { batchSize, batchesInFlight }, handler);
    consumers.push(consumer);
    return consumer;
  };
  const collect = async (queue: string, into: string[], batchSize?: number) =>
    consume(
      queue,
      async (batch) => {
        await batch.settle([], async () => undefined);
        into.push(...batch.messages.map((message) => message.body));
      },
      batchSize,
    );

  it('delivers each published message once and then holds none', async () => {
    const queue = await newQueue();
    const received: string[] = [];
    await collect(queue, received);
    const sent = messages(250);
    await broker.publish(queue, sent);
    await until(() => received.length >= 250);
    expect(received.sort()).toEqual(sent.map((message) => message.body).sort());
    expect(await depth(queue)).toBe(0);
  });

  it('delivers what was published before anyone consumed, in order and in batches no larger than asked', async () => {
    const queue = await newQueue();
    const sent = messages(70);
    await broker.publish(queue, sent);
    const sizes: number[] = [];
    const received: string[] = [];
    await consume(
      queue,
      async (batch) => {
        sizes.push(batch.messages.length);
        received.push(...batch.messages.map((message) => message.body));
        await batch.settle([], async () => undefined);
      },
      32,
      1,
    );
    await until(() => received.length >= 70);
    expect(received).toEqual(sent.map((message) => message.body));
    expect(Math.max(...sizes)).toBe(32);
  });

  it('keeps the id, the time and the body of a message', async () => {
    const queue = await newQueue();
    const before = Date.now();
    const message = { id: uuid(), body: '{"text":"Ünïcode, \\"quotes\\", and a \\\\ back-slash"}' };
    const delivered = new Promise<MessageBatch>((done) => {
      void consume(queue, async (batch) => {
        await batch.settle([], async () => undefined);
        done(batch);
      });
    });
    await broker.publish(queue, [message]);
    const [received] = (await delivered).messages;
    expect(received).toMatchObject({ ...message, attempts: 0, lastError: null });
    expect(received!.publishedAt).toBeGreaterThanOrEqual(before - 1000);
    expect(received!.publishedAt).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('drops a second message with the id of one that waits', async () => {
    const queue = await newQueue();
    const message = { id: uuid(), body: '1' };
    await broker.publish(queue, [message]);
    await broker.publish(queue, [{ ...message, body: '2' }]);
    expect(await depth(queue)).toBe(1);
  });

  it('refuses to publish to a queue that nobody declared', async () => {
    await expect(broker.publish('nobody_listens', messages(1))).rejects.toThrow(UnroutableError);
  });

  it('shares a queue among consumers without giving a message to two', async () => {
    const queue = await newQueue();
    const received: string[][] = [[], []];
    await collect(queue, received[0]!, 10);
    await collect(queue, received[1]!, 10);
    for (let round = 0; round < 10; round += 1) await broker.publish(queue, messages(100));
    await until(() => received[0]!.length + received[1]!.length >= 1000);
    await sleep(50);
    expect(new Set([...received[0]!, ...received[1]!]).size).toBe(1000);
    expect(received[0]!.length + received[1]!.length).toBe(1000);
    expect(Math.min(received[0]!.length, received[1]!.length)).toBeGreaterThan(0);
  });

  it('delivers again, with the attempt counted and the error kept, when the handler throws', async () => {
    const queue = await newQueue();
    const seen: { attempts: number; lastError: string | null }[] = [];
    await consume(queue, async (batch) => {
      const message = batch.messages[0]!;
      seen.push({ attempts: message.attempts, lastError: message.lastError });
      if (seen.length === 1) throw new Error('not today');
      await batch.settle([], async () => undefined);
    });
    await broker.publish(queue, messages(1));
    await until(() => seen.length === 2, 10_000);
    expect(seen).toEqual([
      { attempts: 0, lastError: null },
      { attempts: 1, lastError: 'not today' },
    ]);
    expect(await depth(queue)).toBe(0);
  });

  it('delivers again when the write of the results fails, and keeps nothing of it', async () => {
    const queue = await newQueue();
    let calls = 0;
    await consume(queue, async (batch) => {
      await batch.settle([], async () => {
        calls += 1;
        if (calls === 1) throw new Error('disk full');
      });
    });
    await broker.publish(queue, messages(3));
    await until(() => calls >= 2, 10_000);
    await untilAsync(async () => (await depth(queue)) === 0);
  });

  it('isolates the messages that fail: batches shrink until the others are through', async () => {
    const queue = await newQueue();
    const sent = messages(40);
    const poison = sent[17]!.id;
    const done: string[] = [];
    let poisonAlone = false;
    await consume(
      queue,
      async (batch) => {
        if (batch.messages.some((message) => message.id === poison)) {
          poisonAlone = batch.messages.length === 1;
          if (!poisonAlone) throw new Error('something in here kills me');
          await batch.settle([{ id: poison, reason: 'found it' }], async () => undefined);
          return;
        }
        await batch.settle([], async () => undefined);
        done.push(...batch.messages.map((message) => message.id));
      },
      40,
    );
    await broker.publish(queue, sent);
    await until(() => poisonAlone && done.length === 39, 30_000);
    expect((await broker.deadLetters(10)).filter((letter) => letter.queue === queue)).toMatchObject([{ id: poison }]);
  });

  it('makes rejected messages dead letters that can be replayed or discarded', async () => {
    const queue = await newQueue();
    let reject = true;
    const accepted: string[] = [];
    await consume(queue, async (batch) => {
      const rejected = reject ? batch.messages.filter((message) => message.body.includes('"n":1')) : [];
      await batch.settle(
        rejected.map((message) => ({ id: message.id, reason: 'n must not be 1' })),
        async () => undefined,
      );
      accepted.push(...batch.messages.filter((message) => !rejected.includes(message)).map((message) => message.id));
    });
    const sent = messages(3);
    await broker.publish(queue, sent);
    await until(() => accepted.length === 2);
    const letters = (await broker.deadLetters(10)).filter((letter) => letter.queue === queue);
    expect(letters).toMatchObject([{ id: sent[1]!.id, body: sent[1]!.body, reason: 'n must not be 1', attempts: 0 }]);
    reject = false;
    expect(await broker.replay(sent[1]!.id)).toBe(true);
    expect(await broker.replay(sent[1]!.id)).toBe(false);
    await until(() => accepted.length === 3);
    expect(await broker.discard(sent[1]!.id)).toBe(false);
  });

  it('withdraws a message that waits, but not one that is under way', async () => {
    const queue = await newQueue();
    const [waiting, underWay] = [messages(1), messages(1)];
    await broker.publish(queue, waiting);
    expect(await broker.withdraw(queue, waiting[0]!.id)).toBe(true);
    expect(await broker.withdraw(queue, waiting[0]!.id)).toBe(false);
    let release!: () => void;
    const held = new Promise<void>((done) => (release = done));
    let started = false;
    await consume(queue, async (batch) => {
      started = true;
      await held;
      await batch.settle([], async () => undefined);
    });
    await broker.publish(queue, underWay);
    await until(() => started);
    expect(await broker.withdraw(queue, underWay[0]!.id)).toBe(false);
    release();
    await untilAsync(async () => (await depth(queue)) === 0);
  });

  it('finishes the batches under way when it stops, and takes no more', async () => {
    const queue = await newQueue();
    let finished = 0;
    let started = 0;
    const consumer = await consume(
      queue,
      async (batch) => {
        started += 1;
        await sleep(150);
        await batch.settle([], async () => undefined);
        finished += batch.messages.length;
      },
      5,
      1,
    );
    await broker.publish(queue, messages(50));
    await until(() => started === 1);
    await consumer.stop();
    expect(finished).toBe(5);
    expect(await depth(queue)).toBe(45);
  });

  it('delivers what a consumer held that died without a word, and counts the attempt', async () => {
    const queue = await newQueue();
    await broker.publish(queue, messages(20));
    await underTest.consumeAndDie(queue);
    const attempts: number[] = [];
    await consume(queue, async (batch) => {
      await batch.settle([], async () => undefined);
      attempts.push(...batch.messages.map((message) => message.attempts));
    });
    await until(() => attempts.length === 20, 20_000);
    expect(attempts.every((count) => count === 1)).toBe(true);
  });

  it('starts and stops queues while it runs', async () => {
    const [first, second] = [await newQueue(), await newQueue()];
    const received: string[] = [];
    const consumer = await collect(first, received);
    await broker.publish(second, messages(2));
    consumer.setQueues([second]);
    await until(() => received.length === 2);
    await broker.publish(first, messages(1));
    await sleep(300);
    expect(received).toHaveLength(2);
    consumer.setQueues([first, second]);
    await until(() => received.length === 3);
  });

  async function depth(queue: string): Promise<number> {
    return (await broker.depths()).find((each) => each.queue === queue)?.messages ?? -1;
  }
}

function messages(count: number): OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) => {
    const id = uuid();
    return { id, body: JSON.stringify({ id, n }) };
  });
}

async function until(condition: () => boolean, milliseconds = 5000): Promise<void> {
  await untilAsync(async () => condition(), milliseconds);
}

async function untilAsync(condition: () => Promise<boolean>, milliseconds = 5000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms`);
    await sleep(10);
  }
}
