import { Logger } from '@nestjs/common';
import type { DatasetsService } from '../datasets/datasets.service.js';
import type { JobStore } from '../jobs/job-store.js';
import type { MlDataService } from '../ml-data/ml-data.service.js';
import type { MessageBroker } from '../platform/broker/message-broker.js';
import type { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import type { ServicesService } from '../registry/services.service.js';
import type { LatestPredictions } from './latest-predictions.js';
import { MainDashboardService } from './main-dashboard.service.js';

interface Stores {
  counts: () => Promise<Record<string, number>>;
  depths: () => Promise<unknown[]>;
}

const COUNTS = { queued: 0, finished: 7, failed: 1, cancelled: 0 };

function dashboard({ counts, depths }: Partial<Stores> = {}): MainDashboardService {
  const nothing = (): Promise<never[]> => Promise.resolve([]);
  const jobs = {
    counts: counts ?? (async () => COUNTS),
    countsPerMinute: nothing,
    latency: async () => ({ jobs: 0, p50: null, p95: null, p99: null, p50Work: null }),
    list: nothing,
  };
  return new MainDashboardService(
    jobs as unknown as JobStore,
    { depths: depths ?? nothing } as unknown as MessageBroker,
    { bindings: nothing } as unknown as ServicesService,
    { list: nothing } as unknown as DatasetsService,
    { counts: nothing } as unknown as MlDataService,
    {} as LatestPredictions,
    { list: nothing } as unknown as ProcessRegistry,
  );
}

describe(MainDashboardService.name, () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  it('shows everything else when one source fails, and names the one that is missing', async () => {
    const broken = dashboard({ depths: () => Promise.reject(new Error('connection refused')) });
    await expect(broken.figures()).resolves.toMatchObject({ counts: COUNTS, queues: null, missing: ['queues'] });
  });

  it('does not wait for a store that hangs, nor asks it again meanwhile', async () => {
    let asked = 0;
    const hanging = dashboard({
      depths: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    });
    const start = performance.now();
    await expect(hanging.figures()).resolves.toMatchObject({ counts: COUNTS, queues: null, missing: ['queues'] });
    expect(performance.now() - start).toBeLessThan(4000);
    await hanging.figures();
    expect(asked).toBe(1);
  });

  it('goes on with the last figure while a source is slow', async () => {
    let slow = false;
    const service = dashboard({
      depths: async () => {
        if (slow) await new Promise((done) => setTimeout(done, 1000).unref());
        return [slow ? 'new' : 'old'];
      },
    });
    await service.figures();
    slow = true;
    await new Promise((done) => setTimeout(done, 1000));
    const start = performance.now();
    await expect(service.figures()).resolves.toMatchObject({ queues: ['old'], missing: [] });
    expect(performance.now() - start).toBeLessThan(500);
    await new Promise((done) => setTimeout(done, 1100));
    await expect(service.figures()).resolves.toMatchObject({ queues: ['new'], missing: [] });
  });

  it('looks once for all who ask within a second', async () => {
    let asked = 0;
    const counts = async () => {
      asked += 1;
      return COUNTS;
    };
    const service = dashboard({ counts });
    await Promise.all(Array.from({ length: 50 }, () => service.figures()));
    await service.figures();
    expect(asked).toBe(1);
  });
});
