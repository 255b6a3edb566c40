import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { GroundTruthService } from '../ml-data/ground-truth.service.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';

const BATCH = 5000;

/** Hands in laboratory results round by round: labels production rows and appends them to the training data. */
@Injectable()
export class GroundTruthCollector implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(GroundTruthCollector.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();
  private readonly totals = { labelled: 0, appended: 0 };

  constructor(
    private readonly environment: Environment,
    private readonly groundTruth: GroundTruthService,
    processes: ProcessRegistry,
  ) {
    processes.describe(() => ({ ...this.totals }));
  }

  onApplicationBootstrap(): void {
    this.work = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      // A round that failed left nothing half done; the next one finds the same results.
      await this.collect().catch((error: unknown) =>
        this.logger.warn(`could not collect: ${(error as Error).message}`),
      );
      await sleep(this.environment.collectInterval * 1000, undefined, { signal: this.stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  private async collect(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const { labelled, appended } = await this.groundTruth.collect(BATCH);
      this.totals.labelled += labelled;
      this.totals.appended += appended;
      if (labelled + appended > 0)
        this.logger.debug(`labelled ${labelled} production rows, appended ${appended} training rows`);
      if (labelled < BATCH) return;
    }
  }
}
