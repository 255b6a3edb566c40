import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { toNumber } from '../../platform/http/to-number.js';
import { MAX_JOBS_PER_PAGE } from './list-jobs.dto.js';

const MINUTES_OF_A_WEEK = 7 * 24 * 60;

export class CountsDto {
  @ApiPropertyOptional({ example: 'service_product_quality_A' })
  @IsOptional()
  @IsString()
  service?: string;
}

export class MinuteCountsDto extends CountsDto {
  @ApiPropertyOptional({ default: 60, minimum: 1, maximum: MINUTES_OF_A_WEEK })
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'minutes must be a whole number' })
  @Min(1)
  @Max(MINUTES_OF_A_WEEK)
  minutes?: number;
}

export class DeadLettersDto {
  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: MAX_JOBS_PER_PAGE })
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(MAX_JOBS_PER_PAGE)
  limit?: number;
}
