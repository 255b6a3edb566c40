import { Module } from '@nestjs/common';
import { ModelsController } from './models.controller.js';
import { RegistryModule } from './registry.module.js';
import { ServicesController } from './services.controller.js';

@Module({ imports: [RegistryModule], controllers: [ModelsController, ServicesController] })
export class RegistryApiModule {}
