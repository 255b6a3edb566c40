import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Max, Min } from 'class-validator';
import { SPLITS, type Split } from '../../datasets/dataset.js';
import type { FileFormat } from '../import.service.js';

export const MAX_ROWS_PER_PAGE = 10_000;
export const DEFAULT_ROWS_PER_PAGE = 100;
const SECONDS_OF_A_DAY = 86_400;
const FORMATS: readonly FileFormat[] = ['csv', 'ndjson'];

const toNumber = ({ value }: { value: unknown }) =>
  typeof value === 'string' && value.trim() !== '' ? Number(value) : value;

export class SplitParams {
  @ApiProperty({ example: 'product_quality' })
  @IsString()
  dataset: string;

  @ApiProperty({ enum: SPLITS, example: 'training' })
  @IsIn(SPLITS)
  split: Split;
}

export class RowParams extends SplitParams {
  @ApiProperty({ description: 'The row_id, or the job_id of a production row.', example: '4711' })
  @IsString()
  id: string;
}

export class SelectionQuery {
  @ApiPropertyOptional({
    description: 'Columns to give, comma separated; by default all.',
    example: 'date_time,h_data,quality',
  })
  @IsOptional()
  @IsString()
  columns?: string;

  @ApiPropertyOptional({
    description: 'First time, inclusive: ISO 8601 or epoch milliseconds.',
    example: '2026-01-31T00:00:00Z',
  })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({
    description: 'Last time, exclusive: ISO 8601 or epoch milliseconds.',
    example: '2026-02-01T00:00:00Z',
  })
  @IsOptional()
  @IsString()
  to?: string;
}

export class ListRowsQuery extends SelectionQuery {
  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'asc', description: 'Oldest or newest first.' })
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order?: 'asc' | 'desc';

  @ApiPropertyOptional({ default: DEFAULT_ROWS_PER_PAGE, minimum: 1, maximum: MAX_ROWS_PER_PAGE })
  @IsOptional()
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(MAX_ROWS_PER_PAGE)
  limit?: number;

  @ApiPropertyOptional({ description: 'The next_cursor of the page before, with the same order.' })
  @IsOptional()
  @IsString()
  cursor?: string;
}

export class ExportQuery extends SelectionQuery {
  @ApiPropertyOptional({ enum: FORMATS, default: 'csv' })
  @IsOptional()
  @IsIn(FORMATS)
  format?: FileFormat;
}

export class ImportQuery {
  @ApiPropertyOptional({ enum: FORMATS, description: 'By default what the type or the name of the file says.' })
  @IsOptional()
  @IsIn(FORMATS)
  format?: FileFormat;

  @ApiPropertyOptional({
    description: 'Columns of the file by dataset column, where the names differ.',
    example: 'h_data=H_data,t_data_1_1=T_data_1_1',
  })
  @IsOptional()
  @IsString()
  map?: string;

  @ApiPropertyOptional({
    description:
      "Columns of the file that hold the event time in place of the dataset's: one (ISO 8601 or epoch milliseconds), or " +
      'year, month, day, hour, minute and second in UTC. `now`: the time of the import.',
    example: 'YYYY,MM,DD,HH',
  })
  @IsOptional()
  @IsString()
  timeFrom?: string;

  @ApiPropertyOptional({
    enum: ['skip', 'abort'],
    default: 'skip',
    description: '`skip` leaves bad rows out and reports them; `abort` stores nothing if there is one.',
  })
  @IsOptional()
  @IsIn(['skip', 'abort'])
  onError?: 'skip' | 'abort';
}

export class LabelQuery {
  @ApiPropertyOptional({
    default: 0,
    minimum: 0,
    maximum: SECONDS_OF_A_DAY,
    description: 'How far from an entry’s date_time a row may be; the nearest is labelled. 0: that time exactly.',
  })
  @IsOptional()
  @Transform(toNumber)
  @IsNumber()
  @Min(0)
  @Max(SECONDS_OF_A_DAY)
  toleranceSeconds?: number;
}
