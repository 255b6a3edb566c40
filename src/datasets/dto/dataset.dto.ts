import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsNumber, IsOptional, IsString, ValidateNested } from 'class-validator';
import { COLUMN_TYPES, type ColumnType, type Dataset, type DatasetColumn, TASKS, type Task } from '../dataset.js';

/** A feature or the target. The deeper rules, such as those of names, are those of `dataset-definition.ts`. */
export class DatasetColumnDto {
  @ApiProperty({
    description: 'Letters, digits and underscores, at most 55; unique whatever the case.',
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,54}$',
    example: 't_data_1_1',
  })
  @IsString()
  name: string;

  @ApiProperty({ enum: COLUMN_TYPES, example: 'number' })
  @IsIn(COLUMN_TYPES)
  type: ColumnType;

  @ApiProperty({ required: false, example: '°C' })
  @IsOptional()
  @IsString()
  unit?: string;

  @ApiProperty({ required: false, example: 'Temperature in zone 1, thermocouple 1' })
  @IsOptional()
  @IsString()
  description?: string;

  @ApiProperty({ required: false, description: 'Smallest allowed number, inclusive.', example: 0 })
  @IsOptional()
  @IsNumber()
  minimum?: number;

  @ApiProperty({ required: false, description: 'Largest allowed number, inclusive.', example: 1100 })
  @IsOptional()
  @IsNumber()
  maximum?: number;

  @ApiProperty({ required: false, default: false, description: 'Whether a value may be missing.' })
  @IsOptional()
  @IsBoolean()
  nullable?: boolean;

  @ApiProperty({
    required: false,
    type: [String],
    description: 'Allowed texts of a category, at most 1000. A model sees their position in this list.',
    example: undefined,
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  categories?: string[];
}

export class CreateDatasetDto {
  @ApiProperty({
    description: 'Lower-case letters, digits and underscores, at most 40. Names its tables too.',
    pattern: '^[a-z][a-z0-9_]{0,39}$',
    example: 'roasting_2015',
  })
  @IsString()
  name: string;

  @ApiProperty({ required: false, default: '', example: 'Hourly means of a five-zone roasting machine' })
  @IsOptional()
  @IsString()
  description?: string;

  @ApiProperty({ enum: TASKS, example: 'regression' })
  @IsIn(TASKS)
  task: Task;

  @ApiProperty({ type: [DatasetColumnDto], description: 'In the order of a positional message and of a model.' })
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DatasetColumnDto)
  features: DatasetColumnDto[];

  @ApiProperty({ type: DatasetColumnDto })
  @ValidateNested()
  @Type(() => DatasetColumnDto)
  target: DatasetColumnDto;

  @ApiProperty({
    required: false,
    description: "Key of a message's payload; by default the name.",
    example: 'roasting_2015',
  })
  @IsOptional()
  @IsString()
  payloadKey?: string;

  @ApiProperty({
    required: false,
    type: [String],
    default: [],
    description:
      'Where the event time comes from: one column with an ISO 8601 time, or four to six with year, month, day, hour, ' +
      'minute and second in UTC. Empty: the time of arrival.',
    example: ['YYYY', 'MM', 'DD', 'HH'],
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  timeColumns?: string[];
}

export class ColumnChangeDto {
  @ApiProperty({ description: 'A feature or the target.', example: 'h_data' })
  @IsString()
  name: string;

  @ApiProperty({ required: false, example: 'Height of the layer at the feed' })
  @IsOptional()
  @IsString()
  description?: string;

  @ApiProperty({ required: false, example: 'mm' })
  @IsOptional()
  @IsString()
  unit?: string;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    description: 'A lower one; null removes it.',
    example: 40,
  })
  @IsOptional()
  @IsNumber()
  minimum?: number | null;

  @ApiProperty({
    required: false,
    type: Number,
    nullable: true,
    description: 'A higher one; null removes it.',
    example: 320,
  })
  @IsOptional()
  @IsNumber()
  maximum?: number | null;

  @ApiProperty({ required: false, description: 'Only true: from now on a value may be missing.' })
  @IsOptional()
  @IsBoolean()
  nullable?: boolean;

  @ApiProperty({ required: false, type: [String], description: 'Categories behind the present ones.' })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  addCategories?: string[];
}

export class ChangeDatasetDto {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  description?: string;

  @ApiProperty({ required: false, type: [ColumnChangeDto] })
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ColumnChangeDto)
  columns?: ColumnChangeDto[];

  @ApiProperty({
    required: false,
    type: [DatasetColumnDto],
    description:
      'Nullable features behind the present ones. From then on a positional message has that many values more.',
  })
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DatasetColumnDto)
  addFeatures?: DatasetColumnDto[];
}

export class DatasetResponse extends CreateDatasetDto {
  @ApiProperty({ example: '2026-01-31T08:30:00.000Z' })
  createdAt: string;

  @ApiProperty({ example: '2026-01-31T08:30:00.000Z' })
  updatedAt: string;
}

/** The definition that a request describes, with its defaults. */
export function toDataset(dto: CreateDatasetDto): Dataset {
  return {
    name: dto.name,
    description: dto.description ?? '',
    task: dto.task,
    features: dto.features.map(toColumn),
    target: toColumn(dto.target),
    payloadKey: dto.payloadKey ?? dto.name,
    timeColumns: dto.timeColumns ?? [],
  };
}

/** Null stands for "none" in the optional fields, as some clients send it. */
export function toColumn(dto: DatasetColumnDto): DatasetColumn {
  return {
    name: dto.name,
    type: dto.type,
    ...(dto.unit == null ? {} : { unit: dto.unit }),
    ...(dto.description == null ? {} : { description: dto.description }),
    ...(dto.minimum == null ? {} : { minimum: dto.minimum }),
    ...(dto.maximum == null ? {} : { maximum: dto.maximum }),
    nullable: dto.nullable ?? false,
    ...(dto.categories == null ? {} : { categories: dto.categories }),
  };
}
