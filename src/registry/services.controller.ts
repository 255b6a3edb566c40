import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Role } from '../access/roles.js';
import { ApiProblems } from '../platform/http/api-problems.js';
import { ChangeServiceDto, CreateServiceDto, ServiceNameQueryDto } from './dto/registry-requests.dto.js';
import { ServiceDto, toServiceDto } from './dto/registry-responses.dto.js';
import { CHAMPION } from './models.service.js';
import { ServicesService } from './services.service.js';

@ApiTags('queue_manager: services')
@ApiProblems(400, 401, 403)
@Controller('queue_manager')
export class ServicesController {
  constructor(private readonly services: ServicesService) {}

  @Role('viewer')
  @Get('get_services')
  @ApiOperation({ summary: 'Services, as the reference system answers: all, or the one of this name' })
  @ApiOkResponse({ type: [ServiceDto] })
  async getServices(@Query() query: ServiceNameQueryDto): Promise<ServiceDto[]> {
    if (query.service_name !== undefined) return [toServiceDto(await this.services.binding(query.service_name))];
    return this.list();
  }

  @Role('viewer')
  @Get('services')
  @ApiOperation({ summary: 'Every service and what it is bound to' })
  @ApiOkResponse({ type: [ServiceDto] })
  async list(): Promise<ServiceDto[]> {
    return (await this.services.bindings()).map(toServiceDto);
  }

  @Role('engineer')
  @Post('services')
  @ApiOperation({ summary: 'Make a service and its queue; workers begin to serve it within a moment' })
  @ApiCreatedResponse({ type: ServiceDto })
  @ApiProblems(404, 409)
  async create(@Body() body: CreateServiceDto): Promise<ServiceDto> {
    const { name, queue, model, alias = CHAMPION, enabled = true } = body;
    return toServiceDto(await this.services.create({ name, queue, model, alias, enabled }));
  }

  @Role('viewer')
  @Get('services/:service')
  @ApiOperation({ summary: 'One service' })
  @ApiOkResponse({ type: ServiceDto })
  @ApiProblems(404)
  async get(@Param('service') service: string): Promise<ServiceDto> {
    return toServiceDto(await this.services.binding(service));
  }

  @Role('engineer')
  @Patch('services/:service')
  @ApiOperation({ summary: 'Bind a service to another model or alias, or pause it' })
  @ApiOkResponse({ type: ServiceDto })
  @ApiProblems(404)
  async change(@Param('service') service: string, @Body() body: ChangeServiceDto): Promise<ServiceDto> {
    return toServiceDto(await this.services.change(service, body));
  }

  @Role('engineer')
  @Delete('services/:service')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a service; its jobs, rows and queue stay' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async remove(@Param('service') service: string): Promise<void> {
    await this.services.remove(service);
  }
}
