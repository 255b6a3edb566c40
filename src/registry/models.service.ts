import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import { DatasetsService } from '../datasets/datasets.service.js';
import { ArtifactStore } from '../platform/artifacts/artifact-store.js';
import { ConflictProblem, NotFoundProblem } from '../platform/http/problem.js';
import { DeploymentEntity } from './entities/deployment.entity.js';
import { ModelAliasEntity } from './entities/model-alias.entity.js';
import { ModelVersionEntity } from './entities/model-version.entity.js';
import { ModelEntity } from './entities/model.entity.js';
import { ModelGate } from './model-gate.js';
import { REGISTRY_CHANNEL } from './registry-changes.js';

/** The alias that services use unless told otherwise. A model's first version gets it. */
export const CHAMPION = 'champion';

/** A model with everything a list shows. */
export interface ModelOverview {
  model: ModelEntity;
  versions: ModelVersionEntity[];
  aliases: ModelAliasEntity[];
}

export interface NewVersion {
  bytes: Buffer;
  description?: string;
  metrics?: Record<string, number>;
  card?: Record<string, unknown>;
  by: string;
}

/** Models, their immutable versions, the aliases that point to them, and the history of those. */
@Injectable()
export class ModelsService {
  constructor(
    @InjectRepository(ModelEntity) private readonly models: Repository<ModelEntity>,
    @InjectRepository(ModelVersionEntity) private readonly versions: Repository<ModelVersionEntity>,
    @InjectRepository(DeploymentEntity) private readonly deployments: Repository<DeploymentEntity>,
    private readonly datasets: DatasetsService,
    private readonly artifacts: ArtifactStore,
    private readonly gate: ModelGate,
  ) {}

  async list(): Promise<ModelOverview[]> {
    const [models, versions, aliases] = await Promise.all([
      this.models.find({ order: { name: 'ASC' } }),
      this.versions.find({ order: { model: 'ASC', version: 'ASC' } }),
      this.models.manager.find(ModelAliasEntity, { order: { alias: 'ASC' } }),
    ]);
    return models.map((model) => ({
      model,
      versions: versions.filter((version) => version.model === model.name),
      aliases: aliases.filter((alias) => alias.model === model.name),
    }));
  }

  async get(name: string): Promise<ModelOverview> {
    const model = await this.require(name);
    const [versions, aliases] = await Promise.all([
      this.versions.find({ where: { model: name }, order: { version: 'ASC' } }),
      this.models.manager.find(ModelAliasEntity, { where: { model: name }, order: { alias: 'ASC' } }),
    ]);
    return { model, versions, aliases };
  }

  async getVersion(name: string, version: number): Promise<ModelVersionEntity> {
    const found = await this.versions.findOneBy({ model: name, version });
    if (found !== null) return found;
    await this.require(name);
    throw new NotFoundProblem('version-not-found', `Model "${name}" has no version ${version}.`);
  }

  /** Makes an empty model; ConflictProblem when the name is taken. */
  async create(model: { name: string; dataset: string; description: string; by: string }): Promise<ModelEntity> {
    await this.datasets.get(model.dataset);
    const { name, dataset, description, by } = model;
    const inserted = await this.models
      .createQueryBuilder()
      .insert()
      .values({ name, dataset, description, createdBy: by })
      .orIgnore()
      .returning('name')
      .execute();
    if ((inserted.raw as unknown[]).length === 0)
      throw new ConflictProblem('model-exists', `There is already a model "${name}".`);
    return this.require(name);
  }

  /** Checks the file at the gate and stores it as the next version. The first version becomes the champion. */
  async addVersion(name: string, upload: NewVersion): Promise<ModelVersionEntity> {
    const model = await this.require(name);
    const verdict = await this.gate.check(upload.bytes, await this.datasets.get(model.dataset));
    await this.artifacts.put(upload.bytes);
    const version = await this.models.manager.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM gits.models WHERE name = $1 FOR UPDATE', [name]);
      const same = await manager.findOneBy(ModelVersionEntity, { model: name, sha256: verdict.sha256 });
      if (same !== null) {
        throw new ConflictProblem('version-exists', `Version ${same.version} of model "${name}" is this very file.`);
      }
      const newest = await manager.maximum(ModelVersionEntity, 'version', { model: name });
      const number = (newest ?? 0) + 1;
      await manager.insert(ModelVersionEntity, {
        model: name,
        version: number,
        sha256: verdict.sha256,
        signature: verdict.signature as never,
        gate: { summary: verdict.summary, trial: verdict.trial } as never,
        metrics: upload.metrics ?? {},
        card: (upload.card ?? {}) as never,
        description: upload.description ?? '',
        parentVersion: newest,
        createdBy: upload.by,
      });
      if (newest === null) await this.point(manager, name, CHAMPION, number, upload.by, 'first version');
      return number;
    });
    return this.getVersion(name, version);
  }

  /** The file of a version, checked against its hash. */
  async file(name: string, version: number): Promise<Buffer> {
    return this.artifacts.get((await this.getVersion(name, version)).sha256);
  }

  /** Moves an alias and writes the move into the history. Services follow within a moment. */
  async setAlias(name: string, alias: string, version: number, by: string, reason: string): Promise<ModelOverview> {
    await this.getVersion(name, version);
    await this.models.manager.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM gits.models WHERE name = $1 FOR UPDATE', [name]);
      await this.point(manager, name, alias, version, by, reason);
    });
    return this.get(name);
  }

  /** Newest first. */
  async history(name: string, limit: number): Promise<DeploymentEntity[]> {
    await this.require(name);
    return this.deployments.find({ where: { model: name }, order: { id: 'DESC' }, take: limit });
  }

  /** Removes a model that no service uses, with its versions and history. */
  async remove(name: string): Promise<void> {
    await this.require(name);
    await this.models.manager.transaction(async (manager) => {
      const users = await manager.query<{ name: string }[]>('SELECT name FROM gits.services WHERE model = $1', [name]);
      if (users.length > 0) {
        const names = users.map((user) => user.name).join(', ');
        throw new ConflictProblem(
          'model-in-use',
          `Model "${name}" is used by ${names}. Bind them to another model first.`,
        );
      }
      await manager.query('DELETE FROM gits.model_aliases WHERE model = $1', [name]);
      await manager.query('DELETE FROM gits.models WHERE name = $1', [name]);
      await manager.query(
        'DELETE FROM gits.artifacts a WHERE NOT EXISTS (SELECT 1 FROM gits.model_versions v WHERE v.sha256 = a.sha256)',
      );
    });
  }

  private async point(
    manager: EntityManager,
    model: string,
    alias: string,
    version: number,
    by: string,
    reason: string,
  ) {
    const before = await manager.findOneBy(ModelAliasEntity, { model, alias });
    if (before?.version === version) return;
    await manager.query(
      `INSERT INTO gits.model_aliases (model, alias, version) VALUES ($1, $2, $3)
       ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version, updated_at = now()`,
      [model, alias, version],
    );
    const move = { model, alias, fromVersion: before?.version ?? null, toVersion: version, by, reason };
    await manager.insert(DeploymentEntity, move);
    await manager.query('SELECT pg_notify($1, $2)', [REGISTRY_CHANNEL, model]);
  }

  private async require(name: string): Promise<ModelEntity> {
    const model = await this.models.findOneBy({ name });
    if (model === null) throw new NotFoundProblem('model-not-found', `There is no model "${name}".`);
    return model;
  }
}
