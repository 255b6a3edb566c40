import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import type { Dataset } from '../datasets/dataset.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { Lifetime } from '../platform/lifetime/lifetime.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import { type ServiceBinding, ServicesService } from '../registry/services.service.js';
import { PRODUCT_QUALITY_DATASET } from '../simulator/product-quality-dataset.js';
import { FileSource, SourceFileError } from './file-source.js';
import { RowSender } from './row-sender.js';
import type { RowSource } from './row-source.js';
import { SimulatorSource } from './simulator-source.js';
import { type SourceRun, SourceRunsRepository } from './source-runs.repository.js';

const LOOK_FOR_SERVICE_MS = 500;

/** Finds out what to send and to whom, and has it sent. */
@Injectable()
export class DataSource implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DataSource.name);
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly environment: Environment,
    private readonly services: ServicesService,
    private readonly datasets: DatasetsService,
    private readonly runs: SourceRunsRepository,
    private readonly sender: RowSender,
    private readonly lifetime: Lifetime,
    processes: ProcessRegistry,
  ) {
    processes.describe(() => ({ sent: sender.sent }));
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
      this.logger.warn(
        `${run.name} was sent before (${run.position} rows); --source-run <another name> sends it again`,
      );
      this.lifetime.finish();
      return;
    }
    const source = await this.open(dataset, run);
    this.logger.log(`sends ${this.environment.source} to ${binding.service} from row ${run.position} on`);
    const started = performance.now();
    try {
      const atEnd = await this.sender.send(source, binding, run, this.stopping.signal);
      if (!atEnd) return;
      await this.runs.end(run.name);
      const seconds = (performance.now() - started) / 1000;
      const { sent } = this.sender;
      this.logger.log(`sent ${sent} messages in ${seconds.toFixed(1)} s (${Math.round(sent / seconds)}/s)`);
      this.lifetime.finish();
    } finally {
      await source.close();
    }
  }

  private async findService(): Promise<ServiceBinding | null> {
    const [wanted] = this.environment.service;
    const simulated = this.environment.source === 'simulator';
    for (let told = false; !this.stopping.signal.aborted; told = true) {
      const bindings = await this.services.bindings();
      const fits = (binding: ServiceBinding) =>
        binding.enabled && (simulated ? binding.dataset === PRODUCT_QUALITY_DATASET.name : true);
      const found = bindings.find((binding) => (wanted === undefined ? fits(binding) : binding.service === wanted));
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
