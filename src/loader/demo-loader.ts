import { readFile } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DatasetsService } from '../datasets/datasets.service.js';
import { MlDataService } from '../ml-data/ml-data.service.js';
import { Lifetime } from '../platform/lifetime/lifetime.js';
import { ModelsService } from '../registry/models.service.js';
import { ServicesService } from '../registry/services.service.js';
import { PRODUCT_QUALITY_DATASET } from '../simulator/product-quality-dataset.js';
import { DEMO_ROWS, demoRows } from './demo-rows.js';
import { SetupSteps } from './setup-steps.js';

const STARTER = new URL('../../../models/product_quality/', import.meta.url);
const SERVICE = { name: 'service_product_quality_A', queue: 'gits_product_quality_A' } as const;
const CHUNK = 2500;
const BY = 'demo';

interface Card {
  name: string;
  description: string;
  metrics: Record<string, number>;
}

/** Makes the demo: dataset, model, service, and the labelled rows the model was trained on. Once, and never again. */
@Injectable()
export class DemoLoader implements OnApplicationBootstrap {
  private readonly logger = new Logger(DemoLoader.name);

  constructor(
    private readonly steps: SetupSteps,
    private readonly datasets: DatasetsService,
    private readonly rows: MlDataService,
    private readonly models: ModelsService,
    private readonly services: ServicesService,
    private readonly lifetime: Lifetime,
  ) {}

  onApplicationBootstrap(): void {
    this.load().then(
      () => this.lifetime.finish(),
      (error: unknown) => this.lifetime.fail(error as Error),
    );
  }

  /** The service first, so that messages flow while the rows are still being filled in. */
  private async load(): Promise<void> {
    await this.steps.once('demo-service', async () => {
      await this.datasets.ensure(PRODUCT_QUALITY_DATASET);
      const model = await this.loadModel();
      const known = (await this.services.bindings()).some((binding) => binding.service === SERVICE.name);
      if (!known) await this.services.create({ ...SERVICE, model, alias: 'champion', enabled: true });
      this.logger.log(`made dataset ${PRODUCT_QUALITY_DATASET.name}, model ${model} and ${SERVICE.name}`);
    });
    await this.steps.once('demo-rows', () => this.loadRows());
  }

  private async loadModel(): Promise<string> {
    const card = JSON.parse(await readFile(new URL('card.json', STARTER), 'utf8')) as Card;
    const { name, description, metrics } = card;
    const models = await this.models.list();
    const known = models.find(({ model }) => model.name === name);
    if (known === undefined)
      await this.models.create({ name, dataset: PRODUCT_QUALITY_DATASET.name, description, by: BY });
    if (known === undefined || known.versions.length === 0) {
      const bytes = await readFile(new URL('product_quality.onnx', STARTER));
      await this.models.addVersion(name, { bytes, description, metrics, card: { ...card }, by: BY });
    }
    return name;
  }

  /** Goes on after what is there: the rows are always the same. */
  private async loadRows(): Promise<void> {
    const dataset = await this.datasets.get(PRODUCT_QUALITY_DATASET.name);
    const [counts] = await this.rows.counts(dataset.name);
    const skip = { training: counts?.training ?? 0, testing: counts?.testing ?? 0 };
    const chunks: Record<'training' | 'testing', Record<string, unknown>[]> = { training: [], testing: [] };
    const flush = async (split: 'training' | 'testing') => {
      const chunk = chunks[split].splice(0);
      if (chunk.length > 0) await this.rows.append(dataset, split, chunk);
    };
    for (const { split, row } of demoRows(Date.now())) {
      if (skip[split] > 0) {
        skip[split] -= 1;
        continue;
      }
      if (chunks[split].push(row) >= CHUNK) await flush(split);
    }
    await flush('training');
    await flush('testing');
    this.logger.log(`filled in ${DEMO_ROWS.training} training and ${DEMO_ROWS.testing} testing rows`);
  }
}
