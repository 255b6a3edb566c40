import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { toNumber } from '../../platform/http/to-number.js';
import { NAME_EXPECTATION, NAME_PATTERN } from '../registry-name.js';

export class CreateModelDto {
  @ApiProperty({ example: 'product_quality_lightgbm' })
  @Matches(NAME_PATTERN, { message: `name ${NAME_EXPECTATION}` })
  name: string;

  @ApiProperty({ example: 'product_quality' })
  @IsString()
  dataset: string;

  @ApiPropertyOptional({ example: 'LightGBM on the roaster sensors' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string;
}

export class UploadQueryDto {
  @ApiPropertyOptional({ description: 'What is new in this version.', example: 'Trained on January' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string;
}

export class SetAliasDto {
  @ApiProperty({ example: 2, description: 'The version that the alias shall point to' })
  @IsInt({ message: 'version must be a whole number' })
  @Min(1)
  version: number;

  @ApiPropertyOptional({ example: 'MAE 0.4 lower on the last week', description: 'Kept in the deployment history' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  reason?: string;
}

export class CreateServiceDto {
  @ApiProperty({ example: 'service_product_quality_A' })
  @Matches(NAME_PATTERN, { message: `name ${NAME_EXPECTATION}` })
  name: string;

  @ApiProperty({ example: 'gits_product_quality_A', description: 'The queue (routing key) it reads' })
  @Matches(NAME_PATTERN, { message: `queue ${NAME_EXPECTATION}` })
  queue: string;

  @ApiProperty({ example: 'product_quality_lightgbm' })
  @IsString()
  model: string;

  @ApiPropertyOptional({ default: 'champion', example: 'champion' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: `alias ${NAME_EXPECTATION}` })
  alias?: string;

  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class ChangeServiceDto {
  @ApiPropertyOptional({ example: 'product_quality_lightgbm' })
  @IsOptional()
  @IsString()
  model?: string;

  @ApiPropertyOptional({ example: 'challenger' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: `alias ${NAME_EXPECTATION}` })
  alias?: string;

  @ApiPropertyOptional({ description: 'False pauses the service: its messages wait.' })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class HistoryQueryDto {
  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: 1000 })
  @IsOptional()
  @Transform(toNumber)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(1000)
  limit?: number;
}

export class ServiceNameQueryDto {
  @ApiPropertyOptional({ example: 'service_product_quality_A' })
  @IsOptional()
  @IsString()
  service_name?: string;
}
