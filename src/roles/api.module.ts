import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { DashboardsModule } from '../dashboards/dashboards.module.js';
import { OpenInferenceModule } from '../inference/open-inference/open-inference.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MlDataModule } from '../ml-data/ml-data.module.js';
import { HttpModule } from '../platform/http/http.module.js';
import { RegistryApiModule } from '../registry/registry-api.module.js';

/** Everything that answers HTTP. */
@Module({
  imports: [
    AccessModule,
    HttpModule,
    JobsModule,
    RegistryApiModule,
    MlDataModule,
    OpenInferenceModule,
    DashboardsModule,
  ],
})
export class ApiModule {}
