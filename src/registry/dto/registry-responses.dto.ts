import { ApiProperty } from '@nestjs/swagger';
import type { DeploymentEntity } from '../entities/deployment.entity.js';
import type { ModelVersionEntity } from '../entities/model-version.entity.js';
import type { ModelOverview } from '../models.service.js';
import type { ServiceBinding } from '../services.service.js';

export class ModelVersionDto {
  @ApiProperty({ example: 1 }) version: number;
  @ApiProperty({ description: 'SHA-256 of the file' }) sha256: string;
  @ApiProperty() description: string;
  @ApiProperty({ type: Object, description: 'How the columns of the dataset feed the model, and what comes out' })
  signature: unknown;
  @ApiProperty({ type: Object, description: 'What the upload gate found' }) gate: unknown;
  @ApiProperty({ type: Object, example: { MAE: 11.76, R2: 0.906 } }) metrics: Record<string, number>;
  @ApiProperty({ type: Object, description: 'The model card' }) card: unknown;
  @ApiProperty({ type: Number, nullable: true }) parent_version: number | null;
  @ApiProperty() created_date: string;
  @ApiProperty() created_by: string;
}

export class ModelDto {
  @ApiProperty({ example: 'product_quality_lightgbm' }) name: string;
  @ApiProperty({ example: 'product_quality' }) dataset: string;
  @ApiProperty() description: string;
  @ApiProperty() created_date: string;
  @ApiProperty() created_by: string;
  @ApiProperty({ type: Object, description: 'Version by alias', example: { champion: 1 } }) aliases: Record<
    string,
    number
  >;
  @ApiProperty({ type: [ModelVersionDto] }) versions: ModelVersionDto[];
}

export class DeploymentDto {
  @ApiProperty({ example: 'champion' }) alias: string;
  @ApiProperty({ type: Number, nullable: true }) from_version: number | null;
  @ApiProperty({ type: Number, nullable: true }) to_version: number | null;
  @ApiProperty() date: string;
  @ApiProperty() by: string;
  @ApiProperty() reason: string;
}

export class ServiceDto {
  @ApiProperty({ example: 'service_product_quality_A' }) service_name: string;
  @ApiProperty({ example: 'gits_product_quality_A' }) queue: string;
  @ApiProperty({ example: 'product_quality' }) dataset: string;
  @ApiProperty({ example: 'product_quality_lightgbm', description: 'The model' }) algorithm: string;
  @ApiProperty({ example: 'champion' }) alias: string;
  @ApiProperty({ type: Number, nullable: true, example: 1 }) version: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'SHA-256 of the model file' }) sha256: string | null;
  @ApiProperty() enabled: boolean;
}

export function toModelDto({ model, versions, aliases }: ModelOverview): ModelDto {
  return {
    name: model.name,
    dataset: model.dataset,
    description: model.description,
    created_date: model.createdAt.toISOString(),
    created_by: model.createdBy,
    aliases: Object.fromEntries(aliases.map(({ alias, version }) => [alias, version])),
    versions: versions.map(toVersionDto),
  };
}

export function toVersionDto(version: ModelVersionEntity): ModelVersionDto {
  return {
    version: version.version,
    sha256: version.sha256,
    description: version.description,
    signature: version.signature,
    gate: version.gate,
    metrics: version.metrics,
    card: version.card,
    parent_version: version.parentVersion,
    created_date: version.createdAt.toISOString(),
    created_by: version.createdBy,
  };
}

export function toDeploymentDto(move: DeploymentEntity): DeploymentDto {
  const { alias, fromVersion, toVersion, at, by, reason } = move;
  return { alias, from_version: fromVersion, to_version: toVersion, date: at.toISOString(), by, reason };
}

export function toServiceDto(binding: ServiceBinding): ServiceDto {
  const { service, queue, dataset, model, alias, version, sha256, enabled } = binding;
  return { service_name: service, queue, dataset, algorithm: model, alias, version, sha256, enabled };
}
