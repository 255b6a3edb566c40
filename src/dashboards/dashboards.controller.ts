import { Controller, Get, HttpStatus, Redirect, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '../access/principal.js';
import { Role } from '../access/roles.js';
import { Environment } from '../config/environment.js';
import { timeZoneOf } from '../pages/components/time-zone.js';
import { renderFragment, renderPage } from '../pages/render-page.js';
import { sendPage } from '../pages/send-page.js';
import { originOf } from './origin.js';
import { MainDashboardLive } from './main-dashboard-live.js';
import { MainDashboardPage } from './main-dashboard-page.js';
import { MainDashboardService } from './main-dashboard.service.js';

const MAIN_DASHBOARD = '/dash_main_dashboard';

@ApiExcludeController()
@Controller()
export class DashboardsController {
  constructor(
    private readonly mainDashboard: MainDashboardService,
    private readonly environment: Environment,
  ) {}

  @Get()
  @Role('viewer')
  @Redirect(MAIN_DASHBOARD, HttpStatus.SEE_OTHER)
  home(): void {}

  @Get('dash_main_dashboard')
  @Role('viewer')
  async page(
    @CurrentPrincipal() principal: Principal | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = MainDashboardPage({ principal: principal ?? null, ...(await this.live(request)) });
    await sendPage(request, reply, renderPage(page));
  }

  /** The part that changes: the page asks for it every two seconds. */
  @Get('dash_main_dashboard/live')
  @Role('viewer')
  async fragment(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await sendPage(request, reply, renderFragment(MainDashboardLive(await this.live(request))));
  }

  private async live(request: FastifyRequest) {
    return {
      figures: await this.mainDashboard.figures(),
      zone: timeZoneOf(request.headers.cookie),
      origin: originOf(this.environment.publicUrl, request.protocol, request.headers.host),
    };
  }
}
