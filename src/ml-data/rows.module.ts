import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { GroundTruthService } from './ground-truth.service.js';
import { LabelService } from './label.service.js';
import { MlDataService } from './ml-data.service.js';

/** Rows and labels for the other modules; the routes are in `ml-data.module.ts`. */
@Module({
  imports: [DatasetsModule],
  providers: [MlDataService, LabelService, GroundTruthService],
  exports: [MlDataService, LabelService, GroundTruthService],
})
export class RowsModule {}
