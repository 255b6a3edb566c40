import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { MessageBroker } from '../platform/broker/message-broker.js';
import { ConflictProblem, InvalidProblem, NotFoundProblem } from '../platform/http/problem.js';
import { Notifications } from '../platform/postgres/notifications.js';
import { Postgres } from '../platform/postgres/postgres.js';
import { ServiceEntity } from './entities/service.entity.js';
import { ModelsService } from './models.service.js';
import type { ModelSignature } from './onnx-gate/model-signature.js';
import { REGISTRY_CHANNEL } from './registry-changes.js';

/** A service and the version its model alias points to now. */
export interface ServiceBinding {
  service: string;
  queue: string;
  dataset: string;
  model: string;
  alias: string;
  enabled: boolean;
  /** Null: the alias points nowhere yet. */
  version: number | null;
  sha256: string | null;
  signature: ModelSignature | null;
}

export interface NewService {
  name: string;
  queue: string;
  model: string;
  alias: string;
  enabled: boolean;
}

/** Services: which queue is scored by which model. */
@Injectable()
export class ServicesService {
  constructor(
    @InjectRepository(ServiceEntity) private readonly services: Repository<ServiceEntity>,
    private readonly models: ModelsService,
    private readonly broker: MessageBroker,
    private readonly postgres: Postgres,
    private readonly notifications: Notifications,
  ) {}

  /** Every service with what it is bound to, by name. */
  async bindings(): Promise<ServiceBinding[]> {
    return this.postgres.rows<ServiceBinding & { service: string }>(
      `SELECT s.name AS service, s.queue, s.dataset, s.model, s.alias, s.enabled, v.version, v.sha256, v.signature
       FROM gits.services s
       LEFT JOIN gits.model_aliases a ON a.model = s.model AND a.alias = s.alias
       LEFT JOIN gits.model_versions v ON v.model = a.model AND v.version = a.version
       ORDER BY s.name`,
    );
  }

  async binding(name: string): Promise<ServiceBinding> {
    const found = (await this.bindings()).find((binding) => binding.service === name);
    if (found === undefined) throw new NotFoundProblem('service-not-found', `There is no service "${name}".`);
    return found;
  }

  /** Makes a service and its queue; ConflictProblem when the name or the queue is taken. */
  async create(service: NewService): Promise<ServiceBinding> {
    const { model } = await this.models.get(service.model);
    await this.requireAlias(service.model, service.alias);
    await this.broker.declare(service.queue);
    const inserted = await this.services
      .createQueryBuilder()
      .insert()
      .values({ ...service, dataset: model.dataset })
      .orIgnore()
      .returning('name')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) {
      throw new ConflictProblem(
        'service-exists',
        `There is already a service named "${service.name}" or one that reads the queue "${service.queue}".`,
      );
    }
    await this.notifications.notify(REGISTRY_CHANNEL, service.name);
    return this.binding(service.name);
  }

  /** Binds a service to another model or alias, or pauses it. Messages under way are scored by what was bound before. */
  async change(
    name: string,
    change: Partial<Pick<NewService, 'model' | 'alias' | 'enabled'>>,
  ): Promise<ServiceBinding> {
    const before = await this.binding(name);
    const model = change.model ?? before.model;
    const alias = change.alias ?? before.alias;
    if (model !== before.model || alias !== before.alias) {
      const overview = await this.models.get(model);
      if (overview.model.dataset !== before.dataset) {
        throw new InvalidProblem(
          'dataset-mismatch',
          `model must be one for dataset "${before.dataset}", but "${model}" is for "${overview.model.dataset}".`,
        );
      }
      await this.requireAlias(model, alias);
    }
    await this.services.update({ name }, { model, alias, enabled: change.enabled ?? before.enabled });
    await this.notifications.notify(REGISTRY_CHANNEL, name);
    return this.binding(name);
  }

  /** Removes a service. Its jobs and production rows stay, and so does its queue with what waits there. */
  async remove(name: string): Promise<void> {
    await this.binding(name);
    await this.services.delete({ name });
    await this.notifications.notify(REGISTRY_CHANNEL, name);
  }

  private async requireAlias(model: string, alias: string): Promise<void> {
    const { aliases } = await this.models.get(model);
    if (aliases.some((each) => each.alias === alias)) return;
    const known = aliases.map((each) => each.alias).join(', ') || 'none: upload a version first';
    throw new InvalidProblem('alias-not-found', `alias must be one of model "${model}" (${known}), but is "${alias}".`);
  }
}
