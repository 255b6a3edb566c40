import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { ArtifactsModule } from '../platform/artifacts/artifacts.module.js';
import { BrokerModule } from '../platform/broker/broker.module.js';
import { DeploymentEntity } from './entities/deployment.entity.js';
import { ModelAliasEntity } from './entities/model-alias.entity.js';
import { ModelVersionEntity } from './entities/model-version.entity.js';
import { ModelEntity } from './entities/model.entity.js';
import { ServiceEntity } from './entities/service.entity.js';
import { ModelGate } from './model-gate.js';
import { ModelsService } from './models.service.js';
import { ServicesService } from './services.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([ModelEntity, ModelVersionEntity, ModelAliasEntity, DeploymentEntity, ServiceEntity]),
    DatasetsModule,
    ArtifactsModule,
    BrokerModule,
  ],
  providers: [ModelGate, ModelsService, ServicesService],
  exports: [ModelsService, ServicesService],
})
export class RegistryModule {}
