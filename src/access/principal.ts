import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RoleName } from './roles.js';

/** Who makes a request: a person who is logged in, or a program with an API key. */
export interface Principal {
  readonly kind: 'user' | 'key';
  /** UUID; `preset` for the key of GITS_API_KEY. */
  readonly id: string;
  /** Username, or name of the key. */
  readonly name: string;
  readonly role: RoleName;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard on every route but the public ones. */
    principal?: Principal;
  }
}

/** The principal of the request, as a parameter of a handler. Undefined on a public route. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().principal,
);
