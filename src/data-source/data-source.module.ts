import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { LaboratoryModule } from '../ground-truth/laboratory.module.js';
import { BrokerModule } from '../platform/broker/broker.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { DataSource } from './data-source.js';
import { RowSender } from './row-sender.js';
import { SourceRunsRepository } from './source-runs.repository.js';

@Module({
  imports: [RegistryModule, DatasetsModule, BrokerModule, LaboratoryModule],
  providers: [DataSource, RowSender, SourceRunsRepository],
})
export class DataSourceModule {}
