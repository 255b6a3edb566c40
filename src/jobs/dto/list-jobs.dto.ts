import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Max, Min } from 'class-validator';
import { toNumber } from '../../platform/http/to-number.js';
import { JOB_STATUSES, type JobStatus } from '../job.js';

export const MAX_JOBS_PER_PAGE = 1000;

/** Which jobs to list. */
export class ListJobsDto {
  @ApiPropertyOptional({ enum: JOB_STATUSES })
  @IsOptional()
  @IsIn(JOB_STATUSES, { message: `last_status must be one of ${JOB_STATUSES.join(', ')}` })
  last_status?: JobStatus;

  @ApiPropertyOptional({ example: 'service_product_quality_A' })
  @IsOptional()
  @IsString()
  service?: string;

  @ApiPropertyOptional({ description: 'Queued at or after this time, ISO 8601.', example: '2026-01-12T09:00:00Z' })
  @IsOptional()
  @IsISO8601({}, { message: 'from must be an ISO 8601 time' })
  from?: string;

  @ApiPropertyOptional({ description: 'Queued before this time, ISO 8601.', example: '2026-01-12T10:00:00Z' })
  @IsOptional()
  @IsISO8601({}, { message: 'to must be an ISO 8601 time' })
  to?: string;

  @ApiPropertyOptional({ description: 'Most jobs of this page.', default: 100, maximum: MAX_JOBS_PER_PAGE, minimum: 1 })
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(MAX_JOBS_PER_PAGE)
  limit?: number;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before.' })
  @IsOptional()
  @IsString()
  cursor?: string;
}
