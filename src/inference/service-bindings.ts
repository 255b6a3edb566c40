import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { ArtifactStore } from '../platform/artifacts/artifact-store.js';
import { type ServiceBinding, ServicesService } from '../registry/services.service.js';
import { ActiveBinding } from './active-binding.js';
import { InferenceEngine } from './engine/inference-engine.js';

/** The services of this worker with their models loaded, always as the registry has them. */
@Injectable()
export class ServiceBindings {
  readonly engine: InferenceEngine;
  private readonly logger = new Logger(ServiceBindings.name);
  private readonly active = new Map<string, ActiveBinding>();
  private readonly problems = new Map<string, string>();
  private refreshing: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly services: ServicesService,
    private readonly datasets: DatasetsService,
    artifacts: ArtifactStore,
    private readonly environment: Environment,
  ) {
    this.engine = new InferenceEngine({
      loadModel: (sha256) => artifacts.get(sha256),
      settings: { scoreTimeoutMs: environment.scoreTimeoutSeconds * 1000 },
    });
  }

  get queues(): string[] {
    return [...this.active.keys()];
  }

  get all(): ActiveBinding[] {
    return [...this.active.values()];
  }

  /** Why services that should be served are not, by name. */
  get unserved(): ReadonlyMap<string, string> {
    return this.problems;
  }

  /** What scores the messages of this queue now. A batch keeps what it got to its end. */
  ofQueue(queue: string): ActiveBinding | undefined {
    return this.active.get(queue);
  }

  /** Reads the registry and takes over what has changed. Calls that come meanwhile are answered by one more round. */
  refresh(): Promise<void> {
    this.again = true;
    this.refreshing ??= this.refreshUntilCurrent().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async refreshUntilCurrent(): Promise<void> {
    while (this.again) {
      this.again = false;
      const wanted = (await this.services.bindings()).filter(
        (binding) => binding.enabled && this.isMine(binding.service),
      );
      this.problems.clear();
      for (const name of this.environment.service) {
        if (!wanted.some((binding) => binding.service === name))
          this.problems.set(name, 'there is no enabled service of this name');
      }
      for (const binding of wanted) {
        await this.take(binding).catch((error: unknown) => {
          this.problems.set(binding.service, (error as Error).message);
          this.logger.error(`service ${binding.service} waits: ${(error as Error).message}`);
        });
      }
      for (const [queue, old] of this.active) {
        if (wanted.some((binding) => binding.queue === queue)) continue;
        this.active.delete(queue);
        this.retire(old);
        this.logger.log(`no longer serves ${old.service}`);
      }
    }
  }

  private async take(binding: ServiceBinding): Promise<void> {
    const { service, queue, model, version, sha256, signature } = binding;
    if (version === null || sha256 === null || signature === null) {
      throw new Error(`alias "${binding.alias}" of model "${model}" points to no version`);
    }
    const dataset = await this.datasets.get(binding.dataset);
    const before = this.active.get(queue);
    if (before?.isSameAs({ queue, dataset, model, version, sha256 }) === true) return;
    // The new model is loaded and tried before the old one goes: there is no moment without a model.
    await this.engine.load({ sha256, signature });
    this.active.set(queue, new ActiveBinding(service, queue, dataset, model, version, sha256));
    this.logger.log(`serves ${service}: queue ${queue}, model ${model} version ${version}`);
    if (before !== undefined) this.retire(before);
  }

  private retire(binding: ActiveBinding): void {
    binding.retire(() => {
      if (this.all.some((other) => other.sha256 === binding.sha256)) return;
      this.engine.unload(binding.sha256).catch((error: unknown) => this.logger.debug(String(error)));
    });
  }

  private isMine(service: string): boolean {
    return this.environment.service.length === 0 || this.environment.service.includes(service);
  }
}
