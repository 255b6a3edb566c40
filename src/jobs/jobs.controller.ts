import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  type MessageEvent,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Sse,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import { CurrentPrincipal, type Principal } from '../access/principal.js';
import { Public, Role } from '../access/roles.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { OneOrManyPipe } from '../platform/http/one-or-many.pipe.js';
import {
  DeadLetterDto,
  JOB_EXAMPLE,
  JobCountsDto,
  JobDto,
  JobPageDto,
  MinuteCountDto,
  SubmittedJobDto,
} from './dto/job-response.dto.js';
import { CountsDto, DeadLettersDto, MinuteCountsDto } from './dto/job-queries.dto.js';
import { ListJobsDto } from './dto/list-jobs.dto.js';
import { SubmitJobDto } from './dto/submit-job.dto.js';
import { JobStore } from './job-store.js';
import { toDocument } from './job.js';
import { JobsFeed } from './jobs-feed.js';
import { JobsService } from './jobs.service.js';

const DEFAULT_PAGE = 100;
const MOST_AT_ONCE = 10_000;

@ApiTags('queue_manager: jobs')
@ApiProblems(400, 401, 403)
@Controller('queue_manager')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly store: JobStore,
    private readonly feed: JobsFeed,
  ) {}

  @Public()
  @Get()
  @ApiOperation({ summary: 'Greeting of the queue manager' })
  @ApiOkResponse({ schema: { example: { message: 'This is the queue manager.' } } })
  greeting(): { message: string } {
    return { message: 'This is the queue manager.' };
  }

  @Role('operator')
  @Post('jobs')
  @HttpCode(202)
  @ApiOperation({ summary: 'Queue one message or a list of messages' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key again gives the first answer again.',
  })
  @ApiExtraModels(SubmitJobDto)
  @ApiBody({
    schema: {
      oneOf: [{ $ref: getSchemaPath(SubmitJobDto) }, { type: 'array', items: { $ref: getSchemaPath(SubmitJobDto) } }],
    },
  })
  @ApiAcceptedResponse({ type: [SubmittedJobDto], description: 'One object for one message, a list for a list.' })
  @ApiProblems(413, 422)
  async submit(
    @Body(new OneOrManyPipe(SubmitJobDto, MOST_AT_ONCE)) jobs: SubmitJobDto[],
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
    @Headers('idempotency-key') key?: string,
  ): Promise<SubmittedJobDto | SubmittedJobDto[]> {
    const queued = await this.jobs.submit(jobs, principal.name, key);
    return Array.isArray(body) ? queued : queued[0]!;
  }

  @Role('viewer')
  @Get('jobs')
  @ApiOperation({ summary: 'List jobs, newest first' })
  @ApiOkResponse({ type: JobPageDto })
  async list(@Query() query: ListJobsDto): Promise<JobPageDto> {
    const filter = {
      status: query.last_status,
      service: query.service,
      from: query.from === undefined ? undefined : Date.parse(query.from),
      to: query.to === undefined ? undefined : Date.parse(query.to),
    };
    const { jobs, nextCursor } = await this.jobs.list(filter, query.limit ?? DEFAULT_PAGE, query.cursor);
    return { jobs: jobs.map(toDocument), next_cursor: nextCursor };
  }

  @Role('viewer')
  @Get('jobs/counts')
  @ApiOperation({ summary: 'Jobs by status' })
  @ApiOkResponse({ type: JobCountsDto })
  async counts(@Query() query: CountsDto): Promise<JobCountsDto> {
    const counts = await this.store.counts({ service: query.service });
    return { ...counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) };
  }

  @Role('viewer')
  @Get('jobs/counts_per_minute')
  @ApiOperation({ summary: 'Jobs by minute and status' })
  @ApiOkResponse({ type: [MinuteCountDto] })
  async countsPerMinute(@Query() query: MinuteCountsDto): Promise<MinuteCountDto[]> {
    const since = Date.now() - (query.minutes ?? 60) * 60_000;
    const counts = await this.store.countsPerMinute(since, { service: query.service });
    return counts.map(({ minute, status, jobs }) => ({
      minute: new Date(minute).toISOString(),
      last_status: status,
      jobs,
    }));
  }

  @Role('viewer')
  @Sse('jobs/events')
  @ApiOperation({
    summary: 'Live stream (server-sent events): `counts` each second, `job` for each new or changed job',
  })
  @ApiOkResponse({
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: 'event: counts\ndata: {"queued":0,"finished":42,"failed":1,"cancelled":0}\n\n',
      },
    },
  })
  events(): Observable<MessageEvent> {
    return this.feed.listen();
  }

  @Role('viewer')
  @Get('jobs/:id')
  @ApiOperation({ summary: 'One job' })
  @ApiOkResponse({ type: JobDto, example: JOB_EXAMPLE })
  @ApiProblems(404)
  async get(@Param('id', ParseUUIDPipe) id: string): Promise<JobDto> {
    return toDocument(await this.jobs.get(id));
  }

  @Role('operator')
  @Post('jobs/:id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel a job that waits', description: '409: a worker has it already, or it has ended.' })
  @ApiOkResponse({ type: JobDto })
  @ApiProblems(404, 409)
  async cancel(@Param('id', ParseUUIDPipe) id: string): Promise<JobDto> {
    return toDocument(await this.jobs.cancel(id));
  }

  @Role('operator')
  @Post('jobs/:id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Score the message of a failed job again', description: '409: the job has not failed.' })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiProblems(404, 409)
  async replay(@Param('id', ParseUUIDPipe) id: string): Promise<JobDto> {
    return toDocument(await this.jobs.replay(id));
  }

  @Role('operator')
  @Delete('jobs/:id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete the record of a job that has ended; its production row stays',
    description: '409: the job waits; cancel it first.',
  })
  @ApiNoContentResponse()
  @ApiProblems(404, 409)
  async delete(@Param('id', ParseUUIDPipe) id: string): Promise<void> {
    await this.jobs.delete(id);
  }

  @Role('viewer')
  @Get('dead_letters')
  @ApiOperation({ summary: 'Messages that could not be scored, newest first' })
  @ApiOkResponse({ type: [DeadLetterDto] })
  async deadLetters(@Query() query: DeadLettersDto): Promise<DeadLetterDto[]> {
    const letters = await this.jobs.deadLetters(query.limit ?? DEFAULT_PAGE);
    return letters.map(({ id, queue, body, reason, attempts, deadAt }) => ({
      id,
      queue,
      body,
      reason,
      attempts,
      dead_date: deadAt.toISOString(),
    }));
  }
}
