import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../platform/http/api-problems.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyDto, CreatedApiKeyDto, NewApiKeyDto, toApiKeyDto } from './dto/api-key.dto.js';
import { CurrentPrincipal, type Principal } from './principal.js';
import { Role } from './roles.js';

const ID = { name: 'id', format: 'uuid', example: '0c9b6f1e-4a52-4d3e-9d52-3a0d6f6b8f7a' };

@ApiTags('access')
@ApiBearerAuth()
@ApiProblems(401, 403)
@Role('admin')
@Controller('access/api_keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @ApiOperation({ summary: 'List API keys', description: 'Newest first, with those that are revoked or expired.' })
  @ApiOkResponse({ type: [ApiKeyDto] })
  async list(): Promise<ApiKeyDto[]> {
    return (await this.keys.list()).map(toApiKeyDto);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One API key' })
  @ApiParam(ID)
  @ApiOkResponse({ type: ApiKeyDto })
  @ApiProblems(404)
  async get(@Param('id') id: string): Promise<ApiKeyDto> {
    return toApiKeyDto(await this.keys.get(id));
  }

  @Post()
  @ApiOperation({
    summary: 'Make an API key',
    description: 'The key is in the answer, this once. Programs send it as `Authorization: Bearer <key>`.',
  })
  @ApiProblems(400)
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @Header('cache-control', 'no-store')
  async create(
    @Body() wanted: NewApiKeyDto,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedApiKeyDto> {
    const { key, record } = await this.keys.create(wanted.name, wanted.role, wanted.expiresInDays ?? null, principal);
    reply.header('location', `/access/api_keys/${record.id}`);
    return { ...toApiKeyDto(record), key };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key', description: 'It works for at most 5 seconds more.' })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'The key is revoked.' })
  @ApiProblems(404)
  async revoke(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.keys.revoke(id, principal);
  }
}
