import { Injectable, Logger } from '@nestjs/common';
import { DatasetsService } from '../datasets/datasets.service.js';
import type { Dataset } from '../datasets/dataset.js';
import { JobStore } from '../jobs/job-store.js';
import { MlDataService } from '../ml-data/ml-data.service.js';
import { MessageBroker } from '../platform/broker/message-broker.js';
import { ProcessRegistry } from '../platform/telemetry/process-registry.js';
import { type ServiceBinding, ServicesService } from '../registry/services.service.js';
import type { DashboardFigures, ExampleMessage } from './dashboard-figures.js';
import { examplePayload } from './example-message.js';
import { type DatasetPredictions, LatestPredictions } from './latest-predictions.js';
import { ThroughputMeter, lastMinuteRate } from './throughput-meter.js';

/** Figures younger than this serve everyone who asks: many viewers cost no more than one. */
const FRESH_MS = 900;
/** A page that waits longer for a store comes without what is still missing. */
const PATIENCE_MS = 2000;
/** A source that is slower than this shows its last figure meanwhile, */
const SOON_MS = 50;
/** unless that is older than this. */
const KEEP_MS = 10_000;
const HOUR_MS = 3_600_000;
const LATEST_JOBS = 10;
const LATEST_FAILURES = 5;
/** Most datasets with a chart of predictions: those of the first services by name. */
const MOST_PREDICTION_CHARTS = 4;

/** What a source said when it was last asked. */
interface Known<T> {
  value: T;
  /** When it was asked; epoch milliseconds. */
  at: number;
}

/** Collects what the main dashboard shows. Each figure fails alone: a page with a hole tells more than no page. */
@Injectable()
export class MainDashboardService {
  private readonly logger = new Logger(MainDashboardService.name);
  private readonly meter = new ThroughputMeter();
  /** The look at each source that has not ended yet, so that a hanging store is asked once, not by every visitor. */
  private readonly waiting = new Map<string, Promise<unknown>>();
  private readonly known = new Map<string, Known<unknown>>();
  /** Sources that failed last time, so that an outage is logged once. */
  private readonly complained = new Set<string>();
  private collecting: Promise<DashboardFigures> | undefined;
  private latest: DashboardFigures | undefined;

  constructor(
    private readonly jobs: JobStore,
    private readonly broker: MessageBroker,
    private readonly services: ServicesService,
    private readonly datasets: DatasetsService,
    private readonly mlData: MlDataService,
    private readonly predictions: LatestPredictions,
    private readonly processes: ProcessRegistry,
  ) {}

  /** The figures of now, or of a moment ago. Never throws, and never takes much longer than its patience. */
  async figures(): Promise<DashboardFigures> {
    if (this.latest !== undefined && Date.now() - this.latest.at < FRESH_MS) return this.latest;
    this.collecting ??= this.collect().finally(() => (this.collecting = undefined));
    return this.collecting;
  }

  private async collect(): Promise<DashboardFigures> {
    const at = Date.now();
    const missing: string[] = [];
    const read = <T>(name: string, source: () => Promise<T>) => this.read(name, source, missing);
    const [counts, minutes, latency, queues, rows, latestJobs, latestFailures, processes, services, datasets] =
      await Promise.all([
        read('job counts', () => this.jobs.counts({})),
        read('jobs per minute', () => this.jobs.countsPerMinute(at - HOUR_MS, {})),
        read('latency', () => this.jobs.latency()),
        read('queues', () => this.broker.depths()),
        read('row counts', () => this.mlData.counts()),
        read('latest jobs', () => this.jobs.list({}, LATEST_JOBS)),
        read('latest failures', () => this.jobs.list({ status: 'failed' }, LATEST_FAILURES)),
        read('processes', () => this.processes.list()),
        read('services', () => this.services.bindings()),
        read('datasets', () => this.datasets.list()),
      ]);
    const byName = new Map(datasets?.map(({ dataset }) => [dataset.name, dataset]));
    const predictions = await read('predictions', () => this.latestPredictions(services ?? [], byName));
    this.latest = {
      at,
      counts,
      throughput: {
        now:
          counts === null
            ? null
            : this.meter.look(this.known.get('job counts')?.at ?? at, counts.finished + counts.failed),
        lastMinute: minutes === null ? null : lastMinuteRate(minutes, at),
      },
      minutes,
      latency,
      queues,
      services,
      rows,
      latestJobs,
      latestFailures,
      processes,
      predictions,
      targets: new Map([...byName.values()].map(({ name, target }) => [name, target.name])),
      example: exampleMessage(services ?? [], byName),
      missing,
    };
    return this.latest;
  }

  /**
   * A source's figure of now, or that of a moment ago while the source is slow: a long queue takes long to count, and a page
   * must not wait for it each time. Null, and its name among the missing, when it fails or says nothing for too long.
   */
  private async read<T>(name: string, source: () => Promise<T>, missing: string[]): Promise<T | null> {
    const known = this.known.get(name) as Known<T> | undefined;
    const usable = known !== undefined && Date.now() - known.at < KEEP_MS ? known : undefined;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<Known<T>>((resolve, reject) => {
      timer = setTimeout(
        () => (usable === undefined ? reject(new Error(`no answer within ${PATIENCE_MS} ms`)) : resolve(usable)),
        usable === undefined ? PATIENCE_MS : SOON_MS,
      );
    });
    try {
      const { value } = await Promise.race([this.once(name, source), patience]);
      if (this.complained.delete(name)) this.logger.log(`the dashboard has its ${name} again`);
      return value;
    } catch (error) {
      if (!this.complained.has(name)) this.logger.warn(`the dashboard has no ${name}: ${(error as Error).message}`);
      this.complained.add(name);
      missing.push(name);
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  private once<T>(name: string, source: () => Promise<T>): Promise<Known<T>> {
    const pending = this.waiting.get(name) as Promise<Known<T>> | undefined;
    if (pending !== undefined) return pending;
    const at = Date.now();
    const started = source()
      .then((value) => {
        const known = { value, at };
        this.known.set(name, known);
        return known;
      })
      .finally(() => this.waiting.delete(name));
    // Nobody may be listening any more when it fails at last.
    started.catch(() => undefined);
    this.waiting.set(name, started);
    return started;
  }

  private latestPredictions(
    services: readonly ServiceBinding[],
    datasets: ReadonlyMap<string, Dataset>,
  ): Promise<DatasetPredictions[]> {
    const served = [...new Set(services.map(({ dataset }) => dataset))].flatMap((name) => datasets.get(name) ?? []);
    return Promise.all(served.slice(0, MOST_PREDICTION_CHARTS).map((dataset) => this.predictions.of(dataset)));
  }
}

/** A message for the first service that would score it now. */
function exampleMessage(
  services: readonly ServiceBinding[],
  datasets: ReadonlyMap<string, Dataset>,
): ExampleMessage | null {
  for (const { service, dataset, enabled, version } of services) {
    const schema = datasets.get(dataset);
    if (enabled && version !== null && schema !== undefined) return { service, payload: examplePayload(schema) };
  }
  return null;
}
