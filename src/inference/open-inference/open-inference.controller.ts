import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { v7 as uuid } from 'uuid';
import { Public, Role } from '../../access/roles.js';
import { Environment } from '../../config/environment.js';
import { InvalidProblem } from '../../platform/http/problem.js';
import { Health } from '../../platform/telemetry/health.js';
import { ModelsService } from '../../registry/models.service.js';
import { InferRequestDto } from './infer-request.dto.js';
import { ModelServer } from './model-server.js';
import { inputMetadata, outputMetadata, readInputs, writeOutputs } from './tensors.js';

const error = (text: string) => ({ content: { 'application/json': { example: { error: text } } } });

/** Open Inference Protocol v2 (KServe, Triton, Seldon): the same models, scored while the caller waits. */
@ApiTags('open inference')
@ApiResponse({
  status: 400,
  description: 'Wrong request',
  ...error('input "input" must be given once, but is given 0 times'),
})
@ApiResponse({
  status: 401,
  description: 'Not logged in',
  ...error('Send an API key (`Authorization: Bearer gits_…`), or log in at /login.'),
})
@ApiResponse({
  status: 403,
  description: 'Not allowed',
  ...error('This needs role operator, but dashboard has role viewer.'),
})
@ApiResponse({ status: 404, description: 'No such model or version', ...error('There is no model "unknown".') })
@Controller('v2')
export class OpenInferenceController {
  constructor(
    private readonly server: ModelServer,
    private readonly models: ModelsService,
    private readonly health: Health,
    private readonly environment: Environment,
  ) {}

  @Role('viewer')
  @Get()
  @ApiOperation({ summary: 'Server metadata' })
  @ApiOkResponse({ schema: { example: { name: 'gits', version: '1', extensions: [] } } })
  metadata(): { name: string; version: string; extensions: string[] } {
    return { name: 'gits', version: '1', extensions: [] };
  }

  @Public()
  @Get('health/live')
  @ApiOperation({ summary: 'Whether the server answers' })
  @ApiOkResponse({ schema: { example: { live: true } } })
  live(): { live: boolean } {
    return { live: true };
  }

  @Public()
  @Get('health/ready')
  @ApiOperation({ summary: 'Whether the server can score' })
  @ApiOkResponse({ schema: { example: { ready: true } } })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const ready = (await this.health.report()).status === 'ok';
    await reply.status(ready ? 200 : 503).send({ ready });
  }

  @Role('viewer')
  @Get(['models/:model', 'models/:model/versions/:version'])
  @ApiOperation({ summary: 'Model metadata' })
  @ApiOkResponse({
    schema: {
      example: {
        name: 'product_quality_lightgbm',
        versions: ['1'],
        platform: 'onnx_onnxv1',
        inputs: [{ name: 'input', datatype: 'FP32', shape: [-1, 11] }],
        outputs: [{ name: 'variable', datatype: 'FP32', shape: [-1, 1] }],
      },
    },
  })
  async model(@Param('model') model: string, @Param('version', new ParseIntPipe({ optional: true })) version?: number) {
    const [resolved, { versions }] = await Promise.all([this.server.resolve(model, version), this.models.get(model)]);
    return {
      name: model,
      versions: versions.map((each) => String(each.version)),
      platform: 'onnx_onnxv1',
      inputs: inputMetadata(resolved.signature),
      outputs: outputMetadata(resolved.signature),
    };
  }

  @Role('viewer')
  @Get(['models/:model/ready', 'models/:model/versions/:version/ready'])
  @ApiOperation({ summary: 'Loads the model if need be and says when it can score' })
  @ApiOkResponse({ schema: { example: { name: 'product_quality_lightgbm', ready: true } } })
  async modelReady(
    @Param('model') model: string,
    @Param('version', new ParseIntPipe({ optional: true })) version?: number,
  ) {
    await this.server.ready(await this.server.resolve(model, version));
    return { name: model, ready: true };
  }

  @Role('operator')
  @Post(['models/:model/infer', 'models/:model/versions/:version/infer'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Score rows' })
  @ApiOkResponse({
    schema: {
      example: {
        model_name: 'product_quality_lightgbm',
        model_version: '1',
        id: 'my-request-1',
        outputs: [{ name: 'variable', datatype: 'FP32', shape: [1, 1], data: [366.59] }],
      },
    },
  })
  async infer(
    @Param('model') model: string,
    @Body() request: InferRequestDto,
    @Param('version', new ParseIntPipe({ optional: true })) version?: number,
  ) {
    const resolved = await this.server.resolve(model, version);
    const { signature } = resolved;
    const known = outputMetadata(signature).map(({ name }) => name);
    const unknown = request.outputs?.find(({ name }) => !known.includes(name));
    if (unknown !== undefined) {
      throw new InvalidProblem(
        'unknown-output',
        `output "${unknown.name}" is not one of the model's: ${known.join(', ')}`,
      );
    }
    const { rows, rowCount } = readInputs(signature, request.inputs, this.environment.maxInferRows);
    const outputs = writeOutputs(signature, await this.server.score(resolved, rows, rowCount), rowCount);
    return {
      model_name: model,
      model_version: String(resolved.version),
      id: request.id ?? uuid(),
      outputs: outputs.filter(
        ({ name }) => request.outputs === undefined || request.outputs.some((each) => each.name === name),
      ),
    };
  }
}
