import { Module } from '@nestjs/common';
import { DatasetsController } from './datasets.controller.js';
import { DatasetsModule } from './datasets.module.js';

/** The routes of datasets. Apart from the service, so that roles without a web server do not load them. */
@Module({ imports: [DatasetsModule], controllers: [DatasetsController] })
export class DatasetsApiModule {}
