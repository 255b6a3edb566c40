import { ApiProperty } from '@nestjs/swagger';
import { ROLES, type RoleName } from '../roles.js';

/** Who makes the request. */
export class PrincipalDto {
  @ApiProperty({ enum: ['user', 'key'], example: 'key', description: 'A person, or a program with an API key.' })
  kind: 'user' | 'key';

  @ApiProperty({ example: 'preset', description: 'UUID; `preset` for the key of GITS_API_KEY.' })
  id: string;

  @ApiProperty({ example: 'preset', description: 'Username, or name of the key.' })
  name: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'admin' })
  role: RoleName;
}
