import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteNeeds } from './access-decision.js';
import { Gatekeeper } from './gatekeeper.js';
import { ROLE_METADATA } from './roles.js';

/** Stands before every route. A route says with @Role or @Public who may call it, itself or for its controller. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const needs = this.reflector.getAllAndOverride<RouteNeeds>(ROLE_METADATA, [
      context.getHandler(),
      context.getClass(),
    ]);
    await this.gatekeeper.admit(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), needs);
    return true;
  }
}
