import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal } from '../access/principal.js';
import { Role } from '../access/roles.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { DEFAULT_ROWS_PER_PAGE, ListRowsQuery, RowParams, SplitParams } from './dto/row-queries.dto.js';
import { AppendDto, CountsDto, ROW_EXAMPLE, RowPageDto } from './dto/row-responses.dto.js';
import { MlDataService } from './ml-data.service.js';
import { selectRows } from './row-selection.js';
import { RowsService } from './rows.service.js';

const NAMED_ROW = { h_data: 169.94, t_data_1_1: 279, quality: 366, date_time: '2026-01-31T08:30:00Z' };

@ApiTags('ml_data_api: rows')
@ApiProblems(400, 401, 403, 404)
@Controller('ml_data_api/datasets/:dataset')
export class RowsController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly rows: RowsService,
    private readonly data: MlDataService,
    private readonly idempotency: Idempotency,
  ) {}

  @Get('counts')
  @Role('viewer')
  @ApiOperation({
    summary: 'Count the rows of each split',
    description: 'Exact, and as fast at millions of rows as at ten.',
  })
  @ApiOkResponse({ type: CountsDto })
  async counts(@Param('dataset') name: string): Promise<CountsDto> {
    const dataset = await this.datasets.get(name);
    return (await this.data.counts(dataset.name))[0]!;
  }

  @Get(':split/rows')
  @Role('viewer')
  @ApiOperation({ summary: 'Read rows, by time', description: 'A page of chosen columns within a time range.' })
  @ApiOkResponse({ type: RowPageDto })
  async page(@Param() { dataset: name, split }: SplitParams, @Query() query: ListRowsQuery): Promise<RowPageDto> {
    const dataset = await this.datasets.get(name);
    return this.rows.page(dataset, split, selectRows(dataset, split, query), {
      order: query.order ?? 'asc',
      limit: query.limit ?? DEFAULT_ROWS_PER_PAGE,
      cursor: query.cursor,
    });
  }

  @Post(':split/rows')
  @Role('operator')
  @ApiOperation({
    summary: 'Add rows',
    description:
      'One row or up to 10,000, by column name; none is stored if one is wrong. The time is that of the time columns, or ' +
      'of date_time, or the time of arrival. A production row may bring its job_id, prediction, label and model.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key again gives the first answer again.',
  })
  @ApiBody({
    schema: {
      oneOf: [
        { type: 'object', additionalProperties: true, example: NAMED_ROW },
        { type: 'array', items: { type: 'object', additionalProperties: true }, example: [NAMED_ROW] },
      ],
    },
  })
  @ApiCreatedResponse({ type: AppendDto })
  @ApiProblems(413, 422)
  async append(
    @Param() { dataset: name, split }: SplitParams,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal | undefined,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<AppendDto> {
    const dataset = await this.datasets.get(name);
    const request = [name, split, body];
    return this.idempotency.once(principal?.id ?? '', key, request, (transaction) =>
      this.data.append(dataset, split, body, transaction),
    );
  }

  @Get(':split/rows/:id')
  @Role('viewer')
  @ApiOperation({ summary: 'Read one row', description: 'Its ETag is what a change may name.' })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true, example: ROW_EXAMPLE } })
  async get(@Param() { dataset: name, split, id }: RowParams, @Res({ passthrough: true }) reply: FastifyReply) {
    const { row, etag } = await this.rows.get(await this.datasets.get(name), split, id);
    reply.header('ETag', etag);
    return row;
  }

  @Patch(':split/rows/:id')
  @Role('operator')
  @ApiOperation({
    summary: 'Change one row',
    description:
      'Features and target of training and testing rows. A production row is the record of what was scored: only its ' +
      'label may change, and null takes the label back.',
  })
  @ApiHeader({ name: 'If-Match', required: false, description: 'ETag of the row as it was read.' })
  @ApiBody({ schema: { type: 'object', additionalProperties: true, example: { quality: 371 } } })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true, example: ROW_EXAMPLE } })
  @ApiProblems(412)
  async change(
    @Param() { dataset: name, split, id }: RowParams,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { row, etag } = await this.rows.change(await this.datasets.get(name), split, id, body, ifMatch);
    reply.header('ETag', etag);
    return row;
  }

  @Delete(':split/rows/:id')
  @Role('operator')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete one row' })
  @ApiHeader({ name: 'If-Match', required: false, description: 'ETag of the row as it was read.' })
  @ApiNoContentResponse()
  @ApiProblems(412)
  async remove(
    @Param() { dataset: name, split, id }: RowParams,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.rows.remove(await this.datasets.get(name), split, id, ifMatch);
  }
}
