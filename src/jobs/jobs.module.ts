import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { BrokerModule } from '../platform/broker/broker.module.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { RegistryModule } from '../registry/registry.module.js';
import { JobStoreModule } from './job-store.module.js';
import { JobsController } from './jobs.controller.js';
import { JobsFeed } from './jobs-feed.js';
import { JobsService } from './jobs.service.js';

@Module({
  imports: [JobStoreModule, BrokerModule, RegistryModule, DatasetsModule],
  controllers: [JobsController],
  providers: [JobsService, JobsFeed, Idempotency],
})
export class JobsModule {}
