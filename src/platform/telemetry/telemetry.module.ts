import { Global, Module } from '@nestjs/common';
import { Health } from './health.js';
import { Metrics } from './metrics.js';
import { ProcessRegistry } from './process-registry.js';

@Global()
@Module({ providers: [Metrics, Health, ProcessRegistry], exports: [Metrics, Health, ProcessRegistry] })
export class TelemetryModule {}
