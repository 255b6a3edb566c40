import { ApiProperty } from '@nestjs/swagger';

export const ROW_EXAMPLE = {
  row_id: 4711,
  job_id: null,
  date_time: '2026-01-31T08:30:00.000Z',
  h_data: 169.94,
  t_data_1_1: 279,
  quality: 366,
};

export class RowPageDto {
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, example: [ROW_EXAMPLE] })
  rows: Record<string, unknown>[];

  @ApiProperty({ type: String, nullable: true, description: 'Pass it as `cursor` for the next page; null: no more.' })
  next_cursor: string | null;
}

export class AppendDto {
  @ApiProperty({ example: 2 })
  inserted: number;

  @ApiProperty({ description: 'Rows of a job and time that were there already.', example: 0 })
  duplicates: number;

  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ type: 'number' }, { type: 'string' }] },
    description: 'Ids of the new rows.',
    example: [4711, 4712],
  })
  ids: (number | string)[];
}

export class CountsDto {
  @ApiProperty({ example: 'product_quality' })
  dataset: string;

  @ApiProperty({ example: 12_000 })
  training: number;

  @ApiProperty({ example: 3_000 })
  testing: number;

  @ApiProperty({ example: 1_000_000 })
  production: number;

  @ApiProperty({ description: 'Production rows with a label.', example: 990_000 })
  labelled: number;
}

export class ImportProblemDto {
  @ApiProperty({ description: 'Line of the file, from 1, the header included.', example: 42 })
  line: number;

  @ApiProperty({ example: 'h_data' })
  field: string;

  @ApiProperty({ example: 'a number from 50 to 300' })
  expectation: string;

  @ApiProperty({ example: '"broken"' })
  value: string;
}

class UsedColumnDto {
  @ApiProperty({ example: 'h_data' })
  column: string;

  @ApiProperty({ description: 'Its name in the file.', example: 'H_data' })
  from: string;
}

class ImportColumnsDto {
  @ApiProperty({ type: [UsedColumnDto] })
  used: UsedColumnDto[];

  @ApiProperty({ type: [String], description: 'Columns of the file that belong to nothing.', example: ['AH_data'] })
  ignored: string[];
}

export class ImportResultDto {
  @ApiProperty({ description: 'Rows that were stored.', example: 29_100 })
  rows: number;

  @ApiProperty({ description: 'Good rows of a job and time that were there already.', example: 0 })
  duplicates: number;

  @ApiProperty({ description: 'Bad rows.', example: 31 })
  skipped: number;

  @ApiProperty({ type: [ImportProblemDto], description: 'The first 20 bad rows.' })
  problems: ImportProblemDto[];

  @ApiProperty({ type: ImportColumnsDto })
  columns: ImportColumnsDto;

  @ApiProperty({ example: 0.412 })
  seconds: number;
}

export class LabelResultDto {
  @ApiProperty({ description: 'Production rows whose label was set or changed.', example: 2 })
  updated: number;

  @ApiProperty({ description: 'Production rows that had the label already.', example: 0 })
  unchanged: number;

  @ApiProperty({
    description: 'Entries that no production row was found for.',
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [{ job_id: '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11' }],
  })
  unknown: ({ job_id: string } | { date_time: string })[];
}

export class InsertedDto {
  @ApiProperty({ example: 1 })
  inserted: number;
}
