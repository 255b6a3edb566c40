import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Environment } from '../../config/environment.js';
import { ArtifactStore } from '../../platform/artifacts/artifact-store.js';
import { NotFoundProblem } from '../../platform/http/problem.js';
import type { ModelVersionEntity } from '../../registry/entities/model-version.entity.js';
import { CHAMPION, ModelsService } from '../../registry/models.service.js';
import type { Predictions } from '../../registry/onnx-gate/predictions.js';
import { InferenceEngine } from '../engine/inference-engine.js';

/** Scores rows while the caller waits, in an engine of its own beside the web server. */
@Injectable()
export class ModelServer implements BeforeApplicationShutdown {
  private readonly engine: InferenceEngine;
  /** Loaded models, least lately used first. */
  private readonly loaded = new Map<string, Promise<void>>();

  constructor(
    private readonly models: ModelsService,
    private readonly environment: Environment,
    artifacts: ArtifactStore,
  ) {
    this.engine = new InferenceEngine({
      loadModel: (sha256) => artifacts.get(sha256),
      settings: { scoreTimeoutMs: environment.scoreTimeoutSeconds * 1000 },
    });
  }

  /** The version asked for, or the champion. */
  async resolve(model: string, version: number | undefined): Promise<ModelVersionEntity> {
    if (version !== undefined) return this.models.getVersion(model, version);
    const { aliases, versions } = await this.models.get(model);
    const number = aliases.find(({ alias }) => alias === CHAMPION)?.version;
    const champion = versions.find((candidate) => candidate.version === number);
    if (champion === undefined)
      throw new NotFoundProblem('no-champion', `Model "${model}" has no version with the alias ${CHAMPION}.`);
    return champion;
  }

  /** Loads the model if it is not; returns when it can score. */
  async ready(version: ModelVersionEntity): Promise<void> {
    const { sha256, signature } = version;
    const loading = this.loaded.get(sha256) ?? this.engine.load({ sha256, signature });
    this.loaded.delete(sha256);
    this.loaded.set(sha256, loading);
    try {
      await loading;
    } catch (error) {
      this.loaded.delete(sha256);
      throw error;
    }
    for (const oldest of this.loaded.keys()) {
      if (this.loaded.size <= this.environment.maxInferModels) break;
      this.loaded.delete(oldest);
      await this.engine.unload(oldest);
    }
  }

  /** @param rows row-major [rowCount, features] in the order of the signature */
  async score(version: ModelVersionEntity, rows: Float64Array, rowCount: number): Promise<Predictions[]> {
    await this.ready(version);
    const width = version.signature.featureNames.length;
    const parts: Predictions[] = [];
    for (let start = 0; start < rowCount; start += this.environment.batchSize) {
      const end = Math.min(rowCount, start + this.environment.batchSize);
      parts.push(await this.engine.score(version.sha256, rows.slice(start * width, end * width), end - start));
    }
    return parts;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.engine.stop();
  }
}
