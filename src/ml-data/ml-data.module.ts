import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { ExportService } from './export.service.js';
import { FilesController } from './files.controller.js';
import { GroundTruthService } from './ground-truth.service.js';
import { ImportService } from './import.service.js';
import { InsertDataController } from './insert-data.controller.js';
import { LabelService } from './label.service.js';
import { LabelsController } from './labels.controller.js';
import { MlDataService } from './ml-data.service.js';
import { ProductionWriter } from './production-writer.js';
import { RowsController } from './rows.controller.js';
import { RowsService } from './rows.service.js';
import { Transfers } from './transfers.js';

/** The rows of datasets: reading and writing them one by one, by file, by label, and by the batches of workers. */
@Module({
  imports: [DatasetsModule],
  controllers: [RowsController, FilesController, LabelsController, InsertDataController],
  providers: [
    ExportService,
    GroundTruthService,
    Idempotency,
    ImportService,
    LabelService,
    MlDataService,
    ProductionWriter,
    RowsService,
    Transfers,
  ],
  exports: [
    ExportService,
    GroundTruthService,
    ImportService,
    LabelService,
    MlDataService,
    ProductionWriter,
    RowsService,
  ],
})
export class MlDataModule {}
