import { Module } from '@nestjs/common';
import { JobStore } from './job-store.js';
import { PostgresJobStore } from './postgres-job-store.js';

@Module({
  providers: [PostgresJobStore, { provide: JobStore, useExisting: PostgresJobStore }],
  exports: [JobStore],
})
export class JobStoreModule {}
