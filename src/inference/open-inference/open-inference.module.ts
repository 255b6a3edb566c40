import { Module } from '@nestjs/common';
import { RegistryModule } from '../../registry/registry.module.js';
import { ArtifactsModule } from '../../platform/artifacts/artifacts.module.js';
import { ModelServer } from './model-server.js';
import { OpenInferenceController } from './open-inference.controller.js';

@Module({
  imports: [RegistryModule, ArtifactsModule],
  controllers: [OpenInferenceController],
  providers: [ModelServer],
})
export class OpenInferenceModule {}
