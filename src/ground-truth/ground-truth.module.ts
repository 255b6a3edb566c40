import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { RowsModule } from '../ml-data/rows.module.js';
import { GroundTruthCollector } from './ground-truth-collector.js';

@Module({ imports: [DatasetsModule, RowsModule], providers: [GroundTruthCollector] })
export class GroundTruthModule {}
