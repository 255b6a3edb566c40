import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import type { Dataset } from '../datasets/dataset.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { LaboratoryResults } from '../ground-truth/laboratory-results.js';
import { MessageBroker } from '../platform/broker/message-broker.js';
import { Lifetime } from '../platform/lifetime/lifetime.js';
import { Postgres, isConnectionError } from '../platform/postgres/postgres.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import { type ServiceBinding, ServicesService } from '../registry/services.service.js';
import { PRODUCT_QUALITY_DATASET } from '../simulator/product-quality-dataset.js';
import { FileSource, SourceFileError } from './file-source.js';
import { messageId } from './message-id.js';
import { Pace } from './pace.js';
import type { RowSource } from './row-source.js';
import { SimulatorSource } from './simulator-source.js';
import { type SourceRun, SourceRunsRepository } from './source-runs.repository.js';

const BATCH = 1000;
const LOOK_FOR_SERVICE_MS = 500;
const LOOK_AT_BACKLOG_MS = 250;
const RETRY_MS = 1000;
const LONGEST_SLEEP_MS = 250;

/**
 * Sends messages at a pace. The rows, the note of how far it came and the laboratory results to come are one transaction,
 * and each message's id follows from the run and the row: whenever it is killed, a restart neither skips nor doubles a row.
 */
@Injectable()
export class DataSource implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DataSource.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();
  private sent = 0;

  constructor(
    private readonly environment: Environment,
    private readonly services: ServicesService,
    private readonly datasets: DatasetsService,
    private readonly broker: MessageBroker,
    private readonly postgres: Postgres,
    private readonly runs: SourceRunsRepository,
    private readonly laboratory: LaboratoryResults,
    private readonly lifetime: Lifetime,
    processes: ProcessRegistry,
  ) {
    processes.describe(() => ({ sent: this.sent }));
  }

  onApplicationBootstrap(): void {
    this.work = this.run().catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.lifetime.fail(error as Error);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async run(): Promise<void> {
    const binding = await this.findService();
    if (binding === null) return;
    const dataset = await this.datasets.get(binding.dataset);
    const run = await this.runs.begin(await this.runName(binding.service), binding.service);
    if (run.ended) {
      this.logger.warn(`${run.name} was sent before (${run.position} rows); --source-run <another name> sends it again`);
      this.lifetime.finish();
      return;
    }
    const source = await this.open(dataset, run);
    this.logger.log(`sends ${this.environment.source} to ${binding.service} from row ${run.position} on`);
    const started = performance.now();
    try {
      const atEnd = await this.send(source, binding, dataset, run);
      if (!atEnd) return;
      await this.runs.end(run.name);
      const seconds = (performance.now() - started) / 1000;
      this.logger.log(`sent ${this.sent} messages in ${seconds.toFixed(1)} s (${Math.round(this.sent / seconds)}/s)`);
      this.lifetime.finish();
    } finally {
      await source.close();
    }
  }

  /** Sends until the source is at its end (true) or the process is to stop (false). */
  private async send(source: RowSource, binding: ServiceBinding, dataset: Dataset, run: SourceRun): Promise<boolean> {
    const pace = new Pace(this.perSecond(), performance.now());
    const limit = this.environment.sourceCount === 0 ? Infinity : this.environment.sourceCount;
    let lookAt = 0;
    while (!this.stopping.signal.aborted) {
      if (run.position >= limit) return true;
      if (performance.now() >= lookAt) {
        await this.waitForBacklog(binding.queue);
        lookAt = performance.now() + LOOK_AT_BACKLOG_MS;
      }
      const count = pace.take(performance.now(), source.rateFactor(), Math.min(BATCH, limit - run.position));
      if (count === 0) {
        await this.pause(Math.min(LONGEST_SLEEP_MS, Math.max(1, pace.wait(source.rateFactor()))));
        continue;
      }
      const rows = await source.take(count);
      if (rows.length === 0) return true;
      const messages = rows.map(({ body }, index) => ({ id: messageId(run.name, run.startedAt, run.position + index), body }));
      const labels = rows.flatMap(({ label }, index) => (label === null ? [] : [{ jobId: messages[index]!.id, label }]));
      const state = source.state();
      await this.untilDone(async () => {
        await this.postgres.transaction(async (transaction) => {
          await this.broker.publish(binding.queue, messages, transaction);
          await this.laboratory.expect(dataset.name, labels, this.environment.labelDelay, transaction);
          await this.runs.advance(run.name, run.position + rows.length, state, transaction);
        });
      });
      run.position += rows.length;
      this.sent += rows.length;
    }
    return false;
  }

  /** Tries again while the store is away; the rows are in hand. */
  private async untilDone(attempt: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isConnectionError(error) || this.stopping.signal.aborted) throw error;
        this.logger.warn(`cannot publish (${(error as Error).message}); trying again`);
        await this.pause(RETRY_MS);
      }
    }
  }

  private async waitForBacklog(queue: string): Promise<void> {
    let told = false;
    while (!this.stopping.signal.aborted) {
      const depths = await this.broker.depths().catch((error: unknown) => {
        if (isConnectionError(error)) return [];
        throw error;
      });
      const waiting = depths.find((depth) => depth.queue === queue)?.messages ?? 0;
      if (waiting < this.environment.maxBacklog) return;
      if (!told) this.logger.debug(`${waiting} messages wait; pausing until the workers catch up`);
      told = true;
      await this.pause(LOOK_AT_BACKLOG_MS);
    }
  }

  private async findService(): Promise<ServiceBinding | null> {
    const [wanted] = this.environment.service;
    for (let told = false; !this.stopping.signal.aborted; told = true) {
      const bindings = await this.services.bindings();
      const found = bindings.find((binding) => (wanted === undefined ? binding.enabled : binding.service === wanted));
      if (found !== undefined) return found;
      if (!told) this.logger.log(`waits for ${wanted === undefined ? 'a service' : `service ${wanted}`}`);
      await this.pause(LOOK_FOR_SERVICE_MS);
    }
    return null;
  }

  private async open(dataset: Dataset, run: SourceRun): Promise<RowSource> {
    const { source, seed, scenario, sourceMap } = this.environment;
    if (source === 'simulator') {
      if (dataset.name !== PRODUCT_QUALITY_DATASET.name) {
        throw new SourceFileError(
          `The simulator makes rows of "${PRODUCT_QUALITY_DATASET.name}", not of "${dataset.name}": set --source to a file.`,
        );
      }
      return new SimulatorSource(dataset, { seed, scenario }, run.state);
    }
    const file = new FileSource(dataset, source, parseMap(sourceMap));
    await file.skip(run.position);
    return file;
  }

  private async runName(service: string): Promise<string> {
    const { sourceRun, source, seed, scenario } = this.environment;
    if (sourceRun !== '') return sourceRun;
    if (source === 'simulator') return `simulator ${service} ${scenario} seed ${seed}`;
    const { size, mtimeMs } = await stat(source).catch((error: unknown) => {
      throw new SourceFileError(`--source must be "simulator" or a file that can be read: ${(error as Error).message}`);
    });
    return `${basename(source)} ${size} ${Math.round(mtimeMs)} ${service}`;
  }

  private perSecond(): number {
    const { rate, interval } = this.environment;
    if (rate === '') return 1 / interval;
    if (rate === 'max') return Infinity;
    const number = Number(rate);
    if (!Number.isFinite(number) || number <= 0) throw new SourceFileError(`--rate must be messages per second or "max", but is "${rate}".`);
    return number;
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function parseMap(text: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const at = part.indexOf('=');
    if (at < 1) throw new SourceFileError(`--source-map must be dataset_column=file column, …, but has "${part}".`);
    map.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  return map;
}
