import { Environment } from '../config/environment.js';
import type { LaboratoryResults } from '../ground-truth/laboratory-results.js';
import type { MessageBroker } from '../platform/broker/message-broker.js';
import type { Postgres } from '../platform/postgres/postgres.js';
import type { ServiceBinding } from '../registry/services.service.js';
import { RowSender } from './row-sender.js';
import type { RowSource } from './row-source.js';
import { SourceRunError, type SourceRunsRepository } from './source-runs.repository.js';

/** A store whose first commit comes through or not, but whose answer to it is lost. */
function storeThatBreaks(commits: boolean) {
  const stored = { position: 0, ids: [] as string[] };
  let transactions = 0;
  let draft = structuredClone(stored);
  const postgres = {
    transaction: async (work: (connection: unknown) => Promise<void>) => {
      draft = structuredClone(stored);
      await work({});
      transactions += 1;
      if (transactions > 1 || commits) Object.assign(stored, draft);
      if (transactions === 1) throw new Error('Connection terminated unexpectedly');
    },
  };
  const broker = {
    publish: async (_: string, messages: { id: string }[]) => draft.ids.push(...messages.map(({ id }) => id)),
    depths: async () => [],
  };
  const runs = {
    positionOf: async () => draft.position,
    advance: async (_: string, from: number, to: number) => {
      if (draft.position !== from) throw new SourceRunError('sent by another process');
      draft.position = to;
    },
  };
  const sender = new RowSender(
    Environment.read({ GITS_RATE: 'max', GITS_SOURCE_COUNT: '3' }),
    broker as unknown as MessageBroker,
    postgres as unknown as Postgres,
    runs as unknown as SourceRunsRepository,
    { expect: async () => undefined } as unknown as LaboratoryResults,
  );
  return { sender, stored };
}

const SOURCE: RowSource = {
  take: async (count) => Array.from({ length: count }, () => ({ body: '{}', label: null })),
  rateFactor: () => 1,
  state: () => null,
  close: async () => undefined,
};

describe(RowSender.name, () => {
  it.each([
    ['came through', true],
    ['did not come through', false],
  ])('sends each row once when the answer to a commit is lost that %s', async (_, commits) => {
    const { sender, stored } = storeThatBreaks(commits);
    const run = { name: 'r', position: 0, state: null, startedAt: 0, ended: false };
    const binding = { queue: 'q', dataset: 'd' } as ServiceBinding;
    expect(await sender.send(SOURCE, binding, run, new AbortController().signal)).toBe(true);
    expect(stored.position).toBe(3);
    expect(new Set(stored.ids).size).toBe(3);
    expect(stored.ids).toHaveLength(3);
  });
});
