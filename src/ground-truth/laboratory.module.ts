import { Module } from '@nestjs/common';
import { LaboratoryResults } from './laboratory-results.js';

@Module({ providers: [LaboratoryResults], exports: [LaboratoryResults] })
export class LaboratoryModule {}
