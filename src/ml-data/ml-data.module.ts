import { Module } from '@nestjs/common';
import { DatasetsApiModule } from '../datasets/datasets-api.module.js';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { ExportService } from './export.service.js';
import { FilesController } from './files.controller.js';
import { ImportService } from './import.service.js';
import { InsertDataController } from './insert-data.controller.js';
import { LabelsController } from './labels.controller.js';
import { RowsController } from './rows.controller.js';
import { RowsModule } from './rows.module.js';
import { RowsService } from './rows.service.js';
import { Transfers } from './transfers.js';

/** The routes of datasets and their rows: one by one, by file, by label. */
@Module({
  imports: [DatasetsModule, DatasetsApiModule, RowsModule],
  controllers: [RowsController, FilesController, LabelsController, InsertDataController],
  providers: [ExportService, Idempotency, ImportService, RowsService, Transfers],
})
export class MlDataModule {}
