import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { DATASETS_CHANNEL } from '../datasets/dataset-changes.js';
import { type Consumer, MessageBroker } from '../platform/broker/message-broker.js';
import { Notifications } from '../platform/postgres/notifications.js';
import { Health } from '../platform/telemetry/health.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import { REGISTRY_CHANNEL } from '../registry/registry-changes.js';
import { BatchProcessor } from './batch-processor.js';
import { ServiceBindings } from './service-bindings.js';
import { WorkerMetrics } from './worker-metrics.js';

/** How often the registry is read without a notification, as a safety net. */
const REFRESH_MS = 5000;

/** Consumes the queues of its services for as long as the process lives. */
@Injectable()
export class Worker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Worker.name);
  private consumer: Consumer | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly broker: MessageBroker,
    private readonly bindings: ServiceBindings,
    private readonly processor: BatchProcessor,
    private readonly notifications: Notifications,
    private readonly metrics: WorkerMetrics,
    health: Health,
    processes: ProcessRegistry,
  ) {
    health.add('queue', async () => (this.consumer === undefined ? 'not consuming yet' : this.consumer.problem()));
    health.add('services', async () => {
      const unserved = [...bindings.unserved].map(([service, problem]) => `${service}: ${problem}`);
      return unserved.length === 0 ? null : unserved.join('; ');
    });
    processes.describe(() => ({
      services: bindings.all.map(({ service, model, version }) => ({ service, model, version })),
      jobs: { ...metrics.totals },
      rssMb: Math.round((process.memoryUsage.rss() + bindings.engine.rssBytes) / 1024 / 1024),
      engineStarts: bindings.engine.starts,
    }));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.bindings.engine.start();
    for (const channel of [REGISTRY_CHANNEL, DATASETS_CHANNEL])
      await this.notifications.on(channel, () => this.refresh());
    await this.bindings.refresh();
    this.consumer = await this.broker.consume(
      this.bindings.queues,
      { batchSize: this.environment.batchSize, batchesInFlight: this.environment.batchesInFlight },
      (batch) => this.processor.process(batch),
    );
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
  }

  /** Finishes the batches under way, then ends the engine. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.consumer?.stop();
    await this.bindings.engine.stop();
    const { finished, failed } = this.metrics.totals;
    this.logger.log(`drained: ${finished} jobs finished, ${failed} failed since the start`);
  }

  private refresh(): void {
    this.bindings.refresh().then(
      () => this.consumer?.setQueues(this.bindings.queues),
      (error: unknown) => this.logger.warn(`could not read the registry: ${String(error)}`),
    );
  }
}
