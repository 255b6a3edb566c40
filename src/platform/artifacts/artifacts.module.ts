import { Global, Module } from '@nestjs/common';
import { ArtifactStore } from './artifact-store.js';

@Global()
@Module({ providers: [ArtifactStore], exports: [ArtifactStore] })
export class ArtifactsModule {}
