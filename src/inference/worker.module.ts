import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { JobStoreModule } from '../jobs/job-store.module.js';
import { ProductionModule } from '../ml-data/production.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { BatchProcessor } from './batch-processor.js';
import { ServiceBindings } from './service-bindings.js';
import { WorkerMetrics } from './worker-metrics.js';
import { Worker } from './worker.js';

@Module({
  imports: [DatasetsModule, RegistryModule, JobStoreModule, ProductionModule],
  providers: [Worker, ServiceBindings, BatchProcessor, WorkerMetrics],
})
export class WorkerModule {}
