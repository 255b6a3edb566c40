import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { Environment } from '../config/environment.js';
import { ForbiddenProblem } from '../platform/http/problem.js';
import { renderPage } from '../pages/render-page.js';
import { Authenticator } from './authenticator.js';
import { DeadLinkPage, LoginPage } from './login-page.js';
import { LoginService } from './login.service.js';
import { FIRST_PAGE, loginPath, safeNextPath } from './next-path.js';
import { Public, Role } from './roles.js';
import { requestSource } from './same-origin.js';
import { SessionCookie } from './session-cookie.js';
import type { Session } from './sessions.repository.js';

/** Pages on which people log in and out. Plain forms: they work without scripts. */
@ApiExcludeController()
@Controller()
export class LoginController {
  constructor(
    private readonly environment: Environment,
    private readonly login: LoginService,
    private readonly authenticator: Authenticator,
    private readonly cookie: SessionCookie,
  ) {}

  @Get('login')
  @Public()
  async form(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('next') next: unknown): Promise<void> {
    const identity = await this.authenticator.identify({ cookie: request.headers.cookie });
    if (identity !== null) return this.leadOn(reply, safeNextPath(next) ?? FIRST_PAGE);
    await this.show(reply, 200, LoginPage({ next: safeNextPath(next) }));
  }

  @Post('login')
  @Public()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    // Else a foreign page could log a visitor in as somebody else. A program that says nothing has no visitor to fool.
    if (requestSource(request.headers, this.environment.publicUrl) === 'foreign') {
      throw new ForbiddenProblem('foreign-origin', 'The login form of another site cannot be used here.');
    }
    const username = field(body, 'username').trim();
    const next = safeNextPath(field(body, 'next'));
    const outcome = await this.login.byPassword(username, field(body, 'password'), request.ip);
    switch (outcome.kind) {
      case 'session':
        return this.enter(request, reply, outcome.session, next);
      case 'wrong':
        reply.header('www-authenticate', 'Bearer');
        return this.show(reply, 401, LoginPage({ next, username, problem: 'Username or password is wrong.' }));
      case 'wait': {
        reply.header('retry-after', String(outcome.seconds));
        const problem = `Too many failed logins. Try again in ${outcome.seconds} s.`;
        return this.show(reply, 429, LoginPage({ next, username, problem }));
      }
    }
  }

  @Get('login/link')
  @Public()
  async link(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('token') token: unknown,
    @Query('next') next: unknown,
  ): Promise<void> {
    // Mail scanners and browsers look ahead; only a person's visit may use the link up.
    if (request.method === 'HEAD' || request.headers['sec-purpose']?.includes('prefetch') === true) {
      await reply.code(204).header('cache-control', 'no-store').send();
      return;
    }
    const session = typeof token === 'string' ? await this.login.byLink(token) : null;
    if (session !== null) return this.enter(request, reply, session, safeNextPath(next));
    await this.show(reply, 410, DeadLinkPage({ minutes: this.environment.loginLinkMinutes }));
  }

  @Post('logout')
  @Role('viewer')
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.authenticator.endSession(request.headers.cookie);
    reply.header('set-cookie', this.cookie.clear());
    await this.leadOn(reply, loginPath(null));
  }

  private async enter(
    request: FastifyRequest,
    reply: FastifyReply,
    session: Session,
    next: string | null,
  ): Promise<void> {
    // A login never goes on with a token that was there before it.
    await this.authenticator.endSession(request.headers.cookie);
    reply.header('set-cookie', this.cookie.write(session.token, session.expiresAt));
    await this.leadOn(reply, next ?? FIRST_PAGE);
  }

  private async leadOn(reply: FastifyReply, path: string): Promise<void> {
    await reply.headers(PRIVATE).redirect(path, 303);
  }

  private async show(reply: FastifyReply, status: number, page: VNode): Promise<void> {
    await reply.code(status).headers(PRIVATE).type('text/html; charset=utf-8').send(renderPage(page));
  }
}

/** Not `no-referrer`, with which browsers hide the origin of a form; nothing goes to other sites either way. */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'same-origin' };

/** A field of a form; empty when it is missing or was sent twice. */
function field(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}
