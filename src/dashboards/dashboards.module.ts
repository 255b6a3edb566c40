import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { JobStoreModule } from '../jobs/job-store.module.js';
import { RowsModule } from '../ml-data/rows.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { BrokerModule } from '../platform/broker/broker.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { DashboardsController } from './dashboards.controller.js';
import { LatestPredictions } from './latest-predictions.js';
import { MainDashboardService } from './main-dashboard.service.js';

/** Pages that show how everything goes. */
@Module({
  imports: [PagesModule, JobStoreModule, BrokerModule, RegistryModule, DatasetsModule, RowsModule],
  controllers: [DashboardsController],
  providers: [MainDashboardService, LatestPredictions],
})
export class DashboardsModule {}
