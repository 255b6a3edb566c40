import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Environment } from '../config/environment.js';
import { ForbiddenProblem, UnauthenticatedProblem } from '../platform/http/problem.js';
import { type RouteNeeds, decideAccess } from './access-decision.js';
import { Authenticator, type Identity } from './authenticator.js';
import { LoginRequiredProblem } from './login-required.js';
import { loginPath } from './next-path.js';
import { requestSource } from './same-origin.js';

/** Lets a request pass or says why not. The guard asks it for Nest routes; hooks of plain Fastify routes can, too. */
@Injectable()
export class Gatekeeper {
  constructor(
    private readonly environment: Environment,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Sets `request.principal` when the request may go on. Throws UnauthenticatedProblem (LoginRequiredProblem for a page)
   * or ForbiddenProblem, and sets the headers that belong to it on the reply.
   */
  async admit(request: FastifyRequest, reply: FastifyReply, needs: RouteNeeds): Promise<void> {
    const asks = needs !== undefined && needs !== 'public';
    const identity = asks ? await this.identify(request, reply) : null;
    const source = requestSource(request.headers, this.environment.publicUrl);
    switch (decideAccess(needs, identity, request.method, source)) {
      case 'allow':
        if (identity !== null) request.principal = identity.principal;
        return;
      case 'unmarked':
        throw new ForbiddenProblem('route-without-role', 'This route does not say who may call it, so nobody may.');
      case 'anonymous':
        throw this.anonymous(request, reply);
      case 'forged':
        throw new ForbiddenProblem(
          'foreign-origin',
          'A change with a session cookie must come from a page of this site (Origin or Sec-Fetch-Site header). ' +
            'Programs use an API key.',
        );
      case 'forbidden':
        throw new ForbiddenProblem(
          'role-too-low',
          `This needs role ${needs ?? ''}, but ${identity?.principal.name ?? ''} has role ${identity?.principal.role ?? ''}.`,
        );
    }
  }

  private async identify(request: FastifyRequest, reply: FastifyReply): Promise<Identity | null> {
    try {
      return await this.authenticator.identify(request.headers);
    } catch (error) {
      if (error instanceof UnauthenticatedProblem) reply.header('www-authenticate', 'Bearer error="invalid_token"');
      throw error;
    }
  }

  private anonymous(request: FastifyRequest, reply: FastifyReply): UnauthenticatedProblem {
    const { headers, method, url } = request;
    const reads = method === 'GET' || method === 'HEAD';
    if (headers['hx-request'] !== undefined) {
      // htmx would put the login page into a part of the page; this header makes it leave the page instead.
      reply.header('hx-redirect', loginPath(pathOf(headers['hx-current-url'])));
    } else if (headers.accept?.includes('text/html') === true && (reads || isForm(headers['content-type']))) {
      return new LoginRequiredProblem(loginPath(reads ? url : null));
    }
    reply.header('www-authenticate', 'Bearer');
    return new UnauthenticatedProblem(
      'login-required',
      'Send an API key (`Authorization: Bearer gits_…`), or log in at /login.',
    );
  }
}

/** A form on a page that was open for longer than the session. */
function isForm(contentType: string | undefined): boolean {
  return contentType !== undefined && /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/.test(contentType);
}

function pathOf(url: string | string[] | undefined): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { pathname, search } = new URL(url);
  return pathname + search;
}
