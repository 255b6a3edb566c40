import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Role } from '../access/roles.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { shownValue } from '../datasets/value-text.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { InvalidProblem } from '../platform/http/problem.js';
import { ExportQuery, ImportQuery, SplitParams } from './dto/row-queries.dto.js';
import { ImportResultDto } from './dto/row-responses.dto.js';
import { ExportService } from './export.service.js';
import { ImportService } from './import.service.js';
import { selectRows } from './row-selection.js';
import { uploadedFile } from './uploaded-file.js';

const MEDIA_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' };

@ApiTags('ml_data_api: files')
@ApiProblems(400, 401, 403, 404, 503)
@Controller('ml_data_api/datasets/:dataset')
export class FilesController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly exports: ExportService,
    private readonly imports: ImportService,
  ) {}

  @Get(':split/export')
  @Role('viewer')
  @ApiOperation({
    summary: 'Export rows as a file',
    description:
      'Streamed, by time; gzip where the client accepts it. In CSV a text that a spreadsheet would run as a formula gets ' +
      'an apostrophe before it; imports take it away again.',
  })
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOkResponse({ description: 'The file.', schema: { type: 'string', format: 'binary' } })
  async export(
    @Param() { dataset: name, split }: SplitParams,
    @Query() query: ExportQuery,
    @Headers('accept-encoding') accepted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const dataset = await this.datasets.get(name);
    const format = query.format ?? 'csv';
    const rows = await this.exports.export(dataset, split, selectRows(dataset, split, query), format);
    reply.header('Vary', 'Accept-Encoding').header('X-Content-Type-Options', 'nosniff');
    const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted ?? '');
    if (isGzip) reply.header('Content-Encoding', 'gzip');
    const disposition = `attachment; filename="${dataset.name}_${split}.${format}"`;
    return new StreamableFile(isGzip ? pipeline(rows, createGzip(), () => undefined) : rows, {
      type: MEDIA_TYPES[format],
      disposition,
    });
  }

  @Post(':split/import')
  @Role('operator')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Import a file',
    description:
      'CSV (comma, semicolon or tab; first line: names) or NDJSON, also gzip, of any length: it is read as it arrives, in ' +
      'one transaction. Columns are found by name, whatever the case; others are ignored. An empty cell is a missing ' +
      'value. Rows of a job and time that are stored already are left as they are.',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson', 'application/gzip', 'multipart/form-data')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ type: ImportResultDto })
  @ApiProblems(413, 415)
  async import(
    @Param() { dataset: name, split }: SplitParams,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
  ): Promise<ImportResultDto> {
    const dataset = await this.datasets.get(name);
    const options = {
      map: readMap(query.map),
      timeFrom: query.timeFrom === undefined ? undefined : query.timeFrom.split(',').map((name) => name.trim()),
      onError: query.onError ?? 'skip',
    };
    const file = await uploadedFile(request);
    const format = query.format ?? file.format;
    if (format === undefined) {
      file.stream.resume();
      throw invalid('format', 'must be csv or ndjson, but is missing, and the type and name of the file do not tell');
    }
    return this.imports.import(dataset, split, file.stream, { ...options, format });
  }
}

/** `feature=FileColumn,…` as a map. */
function readMap(text: string | undefined): Map<string, string> {
  const map = new Map<string, string>();
  for (const pair of text === undefined || text.trim() === '' ? [] : text.split(',')) {
    const equals = pair.indexOf('=');
    const column = pair.slice(0, equals).trim();
    const from = pair.slice(equals + 1).trim();
    if (equals < 1 || column === '' || from === '' || map.has(column)) {
      throw invalid('map', `must be pairs such as h_data=H_data, each column once, but holds ${shownValue(pair)}`);
    }
    map.set(column, from);
  }
  return map;
}

function invalid(pointer: string, message: string): InvalidProblem {
  return new InvalidProblem('invalid-request', `${pointer} ${message}.`, [{ pointer, message }]);
}
