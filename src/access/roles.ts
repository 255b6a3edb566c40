import { SetMetadata } from '@nestjs/common';

/** Roles in rising order: each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'engineer', 'admin'] as const;
export type RoleName = (typeof ROLES)[number];

export const ROLE_METADATA = 'gits:role';

/** The least role that may call a route or every route of a controller. */
export const Role = (role: RoleName) => SetMetadata(ROLE_METADATA, role);

/** Opens a route to everyone. Only health, login, the files of pages and the queue manager's greeting may use it. */
export const Public = () => SetMetadata(ROLE_METADATA, 'public');

export function isAllowed(has: RoleName, needs: RoleName): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(needs);
}
