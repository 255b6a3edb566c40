import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Query,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../access/principal.js';
import { Role } from '../access/roles.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { InvalidProblem } from '../platform/http/problem.js';
import { CreateModelDto, HistoryQueryDto, SetAliasDto, UploadQueryDto } from './dto/registry-requests.dto.js';
import {
  DeploymentDto,
  ModelDto,
  ModelVersionDto,
  toDeploymentDto,
  toModelDto,
  toVersionDto,
} from './dto/registry-responses.dto.js';
import { ModelsService } from './models.service.js';
import { NAME_EXPECTATION, NAME_PATTERN } from './registry-name.js';

@ApiTags('queue_manager: models')
@ApiProblems(400, 401, 403)
@Controller('queue_manager')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Role('viewer')
  @Get('get_algorithms')
  @ApiOperation({ summary: 'Every model (the reference system calls them algorithms)' })
  @ApiOkResponse({ type: [ModelDto] })
  algorithms(): Promise<ModelDto[]> {
    return this.list();
  }

  @Role('viewer')
  @Get('models')
  @ApiOperation({ summary: 'Every model with its versions and aliases' })
  @ApiOkResponse({ type: [ModelDto] })
  async list(): Promise<ModelDto[]> {
    return (await this.models.list()).map(toModelDto);
  }

  @Role('engineer')
  @Post('models')
  @ApiOperation({ summary: 'Make a model without versions' })
  @ApiCreatedResponse({ type: ModelDto })
  @ApiProblems(404, 409)
  async create(@Body() body: CreateModelDto, @CurrentPrincipal() principal: Principal): Promise<ModelDto> {
    const { name, dataset, description = '' } = body;
    await this.models.create({ name, dataset, description, by: principal.name });
    return toModelDto(await this.models.get(name));
  }

  @Role('viewer')
  @Get('models/:model')
  @ApiOperation({ summary: 'One model' })
  @ApiOkResponse({ type: ModelDto })
  @ApiProblems(404)
  async get(@Param('model') model: string): Promise<ModelDto> {
    return toModelDto(await this.models.get(model));
  }

  @Role('engineer')
  @Delete('models/:model')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a model that no service uses, with all versions' })
  @ApiNoContentResponse()
  @ApiProblems(404, 409)
  async remove(@Param('model') model: string): Promise<void> {
    await this.models.remove(model);
  }

  @Role('engineer')
  @Post('models/:model/versions')
  @ApiOperation({
    summary: 'Upload an ONNX file as the next version',
    description:
      'The file is checked by a gate in a process of its own: structure, operators, fit to the dataset, a trial run. ' +
      'Pickle and joblib files are never loaded; the answer says how to convert them. The first version becomes `champion`.',
  })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: ModelVersionDto })
  @ApiProblems(404, 409, 413, 415, 422)
  async upload(
    @Param('model') model: string,
    @Query() query: UploadQueryDto,
    @Body() bytes: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ModelVersionDto> {
    if (!Buffer.isBuffer(bytes)) {
      throw new InvalidProblem(
        'no-model-file',
        'The body must be the ONNX file itself, with Content-Type application/octet-stream.',
      );
    }
    return toVersionDto(
      await this.models.addVersion(model, { bytes, description: query.description, by: principal.name }),
    );
  }

  @Role('viewer')
  @Get('models/:model/versions/:version')
  @ApiOperation({ summary: 'One version' })
  @ApiOkResponse({ type: ModelVersionDto })
  @ApiProblems(404)
  async version(
    @Param('model') model: string,
    @Param('version', ParseIntPipe) version: number,
  ): Promise<ModelVersionDto> {
    return toVersionDto(await this.models.getVersion(model, version));
  }

  @Role('engineer')
  @Get('models/:model/versions/:version/file')
  @Header('content-type', 'application/octet-stream')
  @ApiOperation({ summary: 'The ONNX file of a version' })
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems(404)
  async file(@Param('model') model: string, @Param('version', ParseIntPipe) version: number): Promise<StreamableFile> {
    const bytes = await this.models.file(model, version);
    return new StreamableFile(bytes, { disposition: `attachment; filename="${model}-${version}.onnx"` });
  }

  @Role('engineer')
  @Put('models/:model/aliases/:alias')
  @ApiOperation({
    summary: 'Point an alias to a version',
    description: 'Services that use the alias switch within a moment, without a restart and without a lost message.',
  })
  @ApiOkResponse({ type: ModelDto })
  @ApiProblems(404)
  async setAlias(
    @Param('model') model: string,
    @Param('alias') alias: string,
    @Body() body: SetAliasDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ModelDto> {
    if (!NAME_PATTERN.test(alias))
      throw new InvalidProblem('invalid-alias', `alias ${NAME_EXPECTATION}, but is "${alias}".`);
    return toModelDto(await this.models.setAlias(model, alias, body.version, principal.name, body.reason ?? ''));
  }

  @Role('viewer')
  @Get('models/:model/deployments')
  @ApiOperation({ summary: 'What was live when: every move of an alias, newest first' })
  @ApiOkResponse({ type: [DeploymentDto] })
  @ApiProblems(404)
  async deployments(@Param('model') model: string, @Query() query: HistoryQueryDto): Promise<DeploymentDto[]> {
    return (await this.models.history(model, query.limit ?? 100)).map(toDeploymentDto);
  }
}
