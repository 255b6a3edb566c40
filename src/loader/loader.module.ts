import { Module } from '@nestjs/common';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { RowsModule } from '../ml-data/rows.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { DemoLoader } from './demo-loader.js';
import { SetupSteps } from './setup-steps.js';

@Module({ imports: [DatasetsModule, RowsModule, RegistryModule], providers: [DemoLoader, SetupSteps] })
export class LoaderModule {}
