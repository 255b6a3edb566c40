import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';

const MAX_TENSORS = 2000;

export class InferTensorDto {
  @ApiProperty({ example: 'input' })
  @IsString()
  @MaxLength(200)
  name: string;

  @ApiProperty({ type: [Number], example: [1, 11] })
  @IsArray()
  @ArrayMaxSize(8)
  @IsNumber({}, { each: true })
  shape: number[];

  @ApiProperty({ example: 'FP32' })
  @IsString()
  datatype: string;

  @ApiPropertyOptional({ type: Object })
  @IsOptional()
  @IsObject()
  parameters?: Record<string, unknown>;

  @ApiProperty({
    description: 'Row-major, flat or nested; null is a missing value.',
    type: [Number],
    example: [169.94, 279.0, 256.0, 256.0, 321.0, 469.0, 574.0, 535.0, 259.0, 258.0, 250.0],
  })
  @IsArray()
  data: unknown[];
}

class RequestedOutputDto {
  @ApiProperty()
  @IsString()
  name: string;

  @ApiPropertyOptional({ type: Object })
  @IsOptional()
  @IsObject()
  parameters?: Record<string, unknown>;
}

/** `$inference_request` of the Open Inference Protocol v2. */
export class InferRequestDto {
  @ApiPropertyOptional({ example: 'my-request-1' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  id?: string;

  @ApiPropertyOptional({ type: Object })
  @IsOptional()
  @IsObject()
  parameters?: Record<string, unknown>;

  @ApiProperty({ type: [InferTensorDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TENSORS)
  @ValidateNested({ each: true })
  @Type(() => InferTensorDto)
  inputs: InferTensorDto[];

  @ApiPropertyOptional({ type: [RequestedOutputDto], description: 'Which outputs to answer; all without it.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_TENSORS)
  @ValidateNested({ each: true })
  @Type(() => RequestedOutputDto)
  outputs?: RequestedOutputDto[];
}
