import { ApiProperty } from '@nestjs/swagger';
import { JOB_STATUSES, type JobDocument, type JobStatus } from '../job.js';

export const JOB_EXAMPLE: JobDocument = {
  id: '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11',
  payload: { product_quality: [169.94, 279, 256, 256, 321, 469, 574, 535, 259, 258, 250] },
  last_status: 'finished',
  result: [{ h_data: 169.94, t_data_1_1: 279, quality: 366.89508, date_time: '2026-01-12T09:08:26.590Z' }],
  message: 'Results calculated successfully.',
  metadata: {
    queued_date: '2026-01-12T09:08:26.590Z',
    start_date: '2026-01-12T09:08:26.593Z',
    end_date: '2026-01-12T09:08:26.596Z',
    time_elapsed_sec: '0.002924',
    routing_key: 'gits_product_quality_A',
    service: 'service_product_quality_A',
    worker: 'plant-pc-4711',
    model: 'product_quality_lightgbm',
    model_version: 1,
    attempts: 0,
  },
};

class JobMetadataDto {
  @ApiProperty() queued_date: string;
  @ApiProperty({ type: String, nullable: true }) start_date: string | null;
  @ApiProperty({ type: String, nullable: true }) end_date: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Seconds with six decimals' }) time_elapsed_sec:
    string | null;
  @ApiProperty() routing_key: string;
  @ApiProperty() service: string;
  @ApiProperty({ type: String, nullable: true }) worker: string | null;
  @ApiProperty({ type: String, nullable: true }) model: string | null;
  @ApiProperty({ type: Number, nullable: true }) model_version: number | null;
  @ApiProperty() attempts: number;
}

/** A job, in the reference system's shape. */
export class JobDto implements JobDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: Object, description: 'The message as it came' }) payload: unknown;
  @ApiProperty({ enum: JOB_STATUSES }) last_status: JobStatus;
  @ApiProperty({ type: [Object], description: 'The features, the predicted target and the time' }) result: unknown[];
  @ApiProperty() message: string;
  @ApiProperty({ type: JobMetadataDto }) metadata: JobMetadataDto;
}

export class JobPageDto {
  @ApiProperty({ type: [JobDto] }) jobs: JobDto[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page' }) next_cursor: string | null;
}

export class SubmittedJobDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ example: 'service_product_quality_A' }) service: string;
  @ApiProperty({ example: 'queued' }) last_status: JobStatus;
}

export class JobCountsDto {
  @ApiProperty() queued: number;
  @ApiProperty() finished: number;
  @ApiProperty() failed: number;
  @ApiProperty() cancelled: number;
  @ApiProperty() total: number;
}

export class MinuteCountDto {
  @ApiProperty({ example: '2026-01-12T09:08:00.000Z' }) minute: string;
  @ApiProperty({ enum: JOB_STATUSES }) last_status: JobStatus;
  @ApiProperty() jobs: number;
}

export class DeadLetterDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() queue: string;
  @ApiProperty({ description: 'The message as it came' }) body: string;
  @ApiProperty() reason: string;
  @ApiProperty() attempts: number;
  @ApiProperty() dead_date: string;
}
