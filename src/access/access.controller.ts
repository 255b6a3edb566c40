import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../platform/http/api-problems.js';
import { PrincipalDto } from './dto/principal.dto.js';
import { CurrentPrincipal, type Principal } from './principal.js';
import { Role } from './roles.js';

@ApiTags('access')
@ApiBearerAuth()
@ApiProblems(401)
@Controller('access')
export class AccessController {
  @Get('me')
  @Role('viewer')
  @ApiOperation({ summary: 'Who I am', description: 'The user or API key of this request, and its role.' })
  @ApiOkResponse({ type: PrincipalDto })
  me(@CurrentPrincipal() principal: Principal): PrincipalDto {
    return principal;
  }
}
