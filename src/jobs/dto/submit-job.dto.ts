import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, IsOptional, IsString, Matches } from 'class-validator';
import { NAME_EXPECTATION, NAME_PATTERN } from '../../registry/registry-name.js';

/** One message to score. */
export class SubmitJobDto {
  @ApiPropertyOptional({
    description: 'The service that shall score it. May be left out when one service only reads this payload.',
    example: 'service_product_quality_A',
  })
  @IsOptional()
  @IsString()
  @Matches(NAME_PATTERN, { message: `service ${NAME_EXPECTATION}` })
  service?: string;

  @ApiProperty({
    description:
      'The message, as any client of the queue would send it: the payload key with a list in column order, or an object.',
    example: { product_quality: [169.94, 279.0, 256.0, 256.0, 321.0, 469.0, 574.0, 535.0, 259.0, 258.0, 250.0] },
  })
  @IsObject({ message: 'payload must be an object such as {"product_quality": [...]}' })
  payload: Record<string, unknown>;
}
