import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isConnectionError } from '../postgres/postgres.js';
import { type FieldProblem, ProblemError } from './problem.js';

/** RFC 9457. */
interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: readonly FieldProblem[];
  traceId?: string;
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not acceptable',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
};

/** Turns every error into problem+json, and on `/v2` into the Open Inference Protocol's `{"error": …}`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = this.problemOf(error, request);
    if (reply.sent || reply.raw.headersSent) {
      // The answer is under way: ending it early is the only way left to say that it is not whole.
      reply.raw.destroy();
      return;
    }
    const openInference = request.url.startsWith('/v2');
    reply
      .status(problem.status)
      .type(openInference ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8')
      .send(openInference ? { error: problem.detail } : problem);
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof ProblemError) {
      return describe(error.status, error.code, error.message, error.errors);
    }
    if (error instanceof HttpException) {
      return describe(error.getStatus(), codeOf(error.getStatus()), error.message);
    }
    const status = (error as { statusCode?: unknown }).statusCode;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      // Fastify's own: bad JSON, a body that is too large, an unknown content type.
      return describe(status, codeOf(status), (error as Error).message);
    }
    if (isConnectionError(error)) {
      return describe(503, 'store-unavailable', 'A store cannot be reached right now. Try again in a moment.');
    }
    const traceId = randomUUID();
    const path = request.url.split('?')[0];
    this.logger.error(`${request.method} ${path} failed, trace ${traceId}: ${(error as Error).stack ?? String(error)}`);
    return {
      ...describe(500, 'internal', `Something went wrong here. The log has it under trace ${traceId}.`),
      traceId,
    };
  }
}

function describe(status: number, code: string, detail: string, errors?: readonly FieldProblem[]): Problem {
  const title = TITLES[status] ?? 'Error';
  const problem: Problem = { type: `urn:gits:problem:${code}`, title, status, detail, code };
  return errors === undefined || errors.length === 0 ? problem : { ...problem, errors };
}

function codeOf(status: number): string {
  return (TITLES[status] ?? 'error').toLowerCase().replaceAll(' ', '-');
}
