import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatasetEntity } from './dataset.entity.js';
import { DatasetsService } from './datasets.service.js';

/** Schemas of use cases: what a message holds, what is predicted, and the tables of the rows. */
@Module({
  imports: [TypeOrmModule.forFeature([DatasetEntity])],
  providers: [DatasetsService],
  exports: [DatasetsService],
})
export class DatasetsModule {}
