import { Body, Controller, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Role } from '../access/roles.js';
import { SPLITS, type Split } from '../datasets/dataset.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { listOf, shownValue } from '../datasets/value-text.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { InvalidProblem } from '../platform/http/problem.js';
import { InsertedDto } from './dto/row-responses.dto.js';
import { MlDataService } from './ml-data.service.js';

const DEFAULT_DATASET = 'product_quality';

const EXAMPLE = {
  split: 'production',
  data: { h_data: 169.94, t_data_1_1: 279, quality: 366.89508898945127, date_time: '2026-01-12T09:08:26.590699' },
};

/** The route by which workers of the reference platform store what they scored. */
@ApiTags('ml_data_api: rows')
@ApiProblems(400, 401, 403, 404, 413)
@Controller('ml_data_api/insert_data')
export class InsertDataController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly data: MlDataService,
  ) {}

  @Post()
  @Role('operator')
  @ApiOperation({
    summary: 'Store result rows',
    description:
      'As a worker of the reference platform posts them. For `production` the value under the name of the target is the ' +
      'prediction. `table` is another word for `split`. Without `dataset` it is `product_quality`, or the only one.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['data'],
      properties: {
        dataset: { type: 'string' },
        split: { type: 'string', enum: [...SPLITS] },
        table: { type: 'string', enum: [...SPLITS] },
        data: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
      },
      example: EXAMPLE,
    },
  })
  @ApiCreatedResponse({ type: InsertedDto })
  async insert(@Body() body: unknown): Promise<InsertedDto> {
    const { dataset, split, data } = readBody(body);
    const { inserted } = await this.data.appendResults(await this.find(dataset), split, data);
    return { inserted };
  }

  private async find(name: string | undefined) {
    if (name !== undefined) return this.datasets.get(name);
    const all = await this.datasets.list();
    const found =
      all.find(({ dataset }) => dataset.name === DEFAULT_DATASET) ?? (all.length === 1 ? all[0] : undefined);
    if (found !== undefined) return found.dataset;
    throw invalid('dataset', `must be one of ${listOf(all.map(({ dataset }) => dataset.name))}, but is missing`);
  }
}

function readBody(body: unknown): { dataset: string | undefined; split: Split; data: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('', `The body must be an object with split and data, but is ${shownValue(body)}`);
  }
  const { dataset, split, table, data, ...others } = body as Record<string, unknown>;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalid(unknown, 'must be absent: the keys are dataset, split, table and data');
  if (dataset !== undefined && typeof dataset !== 'string') {
    throw invalid('dataset', `must be the name of a dataset, but is ${shownValue(dataset)}`);
  }
  const wanted = split ?? table;
  const known = SPLITS.find((candidate) => candidate === wanted);
  if (known === undefined) throw invalid('split', `must be one of ${listOf(SPLITS)}, but is ${shownValue(wanted)}`);
  if (data === undefined) throw invalid('data', 'must be a row or a list of rows, but is missing');
  return { dataset, split: known, data };
}

function invalid(pointer: string, message: string): InvalidProblem {
  return new InvalidProblem('invalid-request', `${pointer} ${message}.`.trim(), [{ pointer: `/${pointer}`, message }]);
}
