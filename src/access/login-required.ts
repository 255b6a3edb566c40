import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UnauthenticatedProblem } from '../platform/http/problem.js';

/** A person in a browser wants a page without being logged in. */
export class LoginRequiredProblem extends UnauthenticatedProblem {
  constructor(
    /** The login page, with the way back. */
    readonly location: string,
  ) {
    super('login-required', 'Log in to see this page.');
  }
}

/**
 * Sends people to the login page. Nest asks the global filter that was registered last first, so this one goes after
 * the one that catches everything.
 */
@Catch(LoginRequiredProblem)
export class LoginRedirectFilter implements ExceptionFilter<LoginRequiredProblem> {
  async catch(problem: LoginRequiredProblem, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    await reply.header('cache-control', 'no-store').redirect(problem.location, 303);
  }
}
