import { Controller, Get, Header, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/roles.js';
import { NotFoundProblem } from '../platform/http/problem.js';
import { acceptsGzip } from './gzip.js';
import { pageAsset } from './page-assets.js';

const FOREVER = 'public, max-age=31536000, immutable';

/** Stylesheet, scripts and icon of the pages. Open to all: the login page needs them, and they hold nothing of the plant. */
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  @Get(':name')
  @Public()
  @Header('vary', 'accept-encoding')
  async asset(
    @Param('name') name: string,
    @Query('v') version: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asset = pageAsset(name);
    if (asset === null) throw new NotFoundProblem('asset-not-found', `There is no asset ${JSON.stringify(name)}.`);
    const etag = `"${asset.version}"`;
    // Only a URL with this very version stays true for ever.
    reply.header('cache-control', version === asset.version ? FOREVER : 'no-cache').header('etag', etag);
    if (request.headers['if-none-match'] === etag) {
      await reply.code(304).send();
      return;
    }
    reply.type(asset.type);
    if (acceptsGzip(request.headers['accept-encoding'])) {
      await reply.header('content-encoding', 'gzip').send(asset.packed);
    } else {
      await reply.send(asset.bytes);
    }
  }
}
