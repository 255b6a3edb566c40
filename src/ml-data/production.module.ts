import { Module } from '@nestjs/common';
import { ProductionWriter } from './production-writer.js';

/** What a worker needs of the rows: to add scored ones. */
@Module({ providers: [ProductionWriter], exports: [ProductionWriter] })
export class ProductionModule {}
