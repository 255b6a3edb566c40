import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Role } from '../access/roles.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { DatasetsService, type StoredDataset } from './datasets.service.js';
import { ChangeDatasetDto, CreateDatasetDto, DatasetResponse, toColumn, toDataset } from './dto/dataset.dto.js';

@ApiTags('ml_data_api: datasets')
@ApiProblems(401, 403)
@Controller('ml_data_api/datasets')
export class DatasetsController {
  constructor(private readonly datasets: DatasetsService) {}

  @Get()
  @Role('viewer')
  @ApiOperation({ summary: 'List the datasets', description: 'Every dataset with its columns, by name.' })
  @ApiOkResponse({ type: [DatasetResponse] })
  async list() {
    return (await this.datasets.list()).map(toResponse);
  }

  @Post()
  @Role('engineer')
  @ApiOperation({
    summary: 'Register a dataset',
    description:
      'Makes the dataset and its three tables. The very same definition again answers 200 and changes nothing; another ' +
      'one of the same name is refused.',
  })
  @ApiCreatedResponse({ type: DatasetResponse, description: 'Made; Location and ETag are set.' })
  @ApiOkResponse({ type: DatasetResponse, description: 'Was there already, with the same definition.' })
  @ApiProblems(400, 409)
  async create(@Body() body: CreateDatasetDto, @Res({ passthrough: true }) reply: FastifyReply) {
    const { stored, created } = await this.datasets.register(toDataset(body));
    reply.status(created ? 201 : 200).header('ETag', stored.etag);
    reply.header('Location', `/ml_data_api/datasets/${stored.dataset.name}`);
    return toResponse(stored);
  }

  @Get(':dataset')
  @Role('viewer')
  @ApiOperation({ summary: 'Read a dataset', description: 'Its ETag is what a change must name.' })
  @ApiOkResponse({ type: DatasetResponse })
  @ApiProblems(404)
  async get(@Param('dataset') name: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return answer(await this.datasets.getStored(name), reply);
  }

  @Patch(':dataset')
  @Role('engineer')
  @ApiOperation({
    summary: 'Widen a dataset',
    description:
      'Changes descriptions and units, widens ranges, allows missing values, adds categories and nullable features. What ' +
      'would make stored rows invalid is refused. Models keep the columns they were registered with.',
  })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the dataset as it was read, or `*`.' })
  @ApiOkResponse({ type: DatasetResponse })
  @ApiProblems(400, 404, 409, 412, 428)
  async change(
    @Param('dataset') name: string,
    @Body() body: ChangeDatasetDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const change = { ...body, addFeatures: body.addFeatures?.map(toColumn) };
    return answer(await this.datasets.change(name, change, ifMatch), reply);
  }

  @Delete(':dataset')
  @Role('engineer')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a dataset',
    description: 'With all its rows. Only while no model or service uses it.',
  })
  @ApiQuery({ name: 'confirm', description: 'The name of the dataset, once more.', example: 'roasting_2015' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  async remove(@Param('dataset') name: string, @Query('confirm') confirm: string | undefined): Promise<void> {
    await this.datasets.remove(name, confirm);
  }
}

function answer(stored: StoredDataset, reply: FastifyReply) {
  reply.header('ETag', stored.etag);
  return toResponse(stored);
}

function toResponse({ dataset, createdAt, updatedAt }: StoredDataset) {
  return { ...dataset, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
