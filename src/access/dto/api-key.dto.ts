import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { ApiKeyRecord } from '../api-keys.repository.js';
import { ROLES, type RoleName } from '../roles.js';

/** What a new API key shall be. */
export class NewApiKeyDto {
  @ApiProperty({ example: 'line 4 gateway', minLength: 1, maxLength: 60, description: 'What the key is for.' })
  @IsString()
  @Length(1, 60)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'name must not contain control characters' })
  name: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'operator' })
  @IsIn(ROLES)
  role: RoleName;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 3650,
    nullable: true,
    example: 365,
    description: 'Days after which the key expires; without it, it does not.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3650)
  expiresInDays?: number | null;
}

/** An API key without its secret. */
export class ApiKeyDto {
  @ApiProperty({ format: 'uuid', example: '0c9b6f1e-4a52-4d3e-9d52-3a0d6f6b8f7a' })
  id: string;

  @ApiProperty({ example: 'line 4 gateway' })
  name: string;

  @ApiProperty({ example: 'gits_4fT9xQ2b', description: 'The first letters of the key.' })
  prefix: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'operator' })
  role: RoleName;

  @ApiProperty({ example: 'admin' })
  createdBy: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-05T08:00:00.000Z' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-05T08:00:00.000Z' })
  expiresAt: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-01-06T12:30:00.000Z',
    description: 'To the minute.',
  })
  lastUsedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revokedAt: string | null;
}

/** A new API key. */
export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    example: 'gits_4fT9xQ2b_' + 'x'.repeat(43),
    description: 'The key itself. It is shown this once and not stored.',
  })
  key: string;
}

export function toApiKeyDto(record: ApiKeyRecord): ApiKeyDto {
  return {
    ...record,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt?.toISOString() ?? null,
    lastUsedAt: record.lastUsedAt?.toISOString() ?? null,
    revokedAt: record.revokedAt?.toISOString() ?? null,
  };
}
