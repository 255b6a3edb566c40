import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Role } from '../access/roles.js';
import { DatasetsService } from '../datasets/datasets.service.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { LabelQuery } from './dto/row-queries.dto.js';
import { LabelResultDto } from './dto/row-responses.dto.js';
import { readLabelEntries } from './label-entries.js';
import { LabelService } from './label.service.js';

const BY_JOB = [{ job_id: '0190b5b0-8a4e-7c6e-9f60-2f1a4f3f8a11', label: 366 }];
const BY_TIME = [{ date_time: '2026-01-31T08:30:00Z', label: 366 }];

@ApiTags('ml_data_api: labels')
@ApiProblems(400, 401, 403, 404)
@Controller('ml_data_api/datasets/:dataset/labels')
export class LabelsController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly labels: LabelService,
  ) {}

  @Post()
  @Role('operator')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Label production rows',
    description:
      'Sets the ground truth of up to 10,000 production rows, by job or by time; the same again changes nothing. By time ' +
      'it is the rows at the nearest time within the tolerance. The collector adds labelled rows to the training data.',
  })
  @ApiBody({
    schema: { type: 'array', items: { type: 'object', additionalProperties: true } },
    examples: { 'by job': { value: BY_JOB }, 'by time': { value: BY_TIME } },
  })
  @ApiOkResponse({ type: LabelResultDto })
  @ApiProblems(413)
  async label(
    @Param('dataset') name: string,
    @Query() { toleranceSeconds }: LabelQuery,
    @Body() body: unknown,
  ): Promise<LabelResultDto> {
    const dataset = await this.datasets.get(name);
    return this.labels.label(dataset, readLabelEntries(dataset, body), toleranceSeconds);
  }
}
