import type { Identity } from './authenticator.js';
import { type RoleName, isAllowed } from './roles.js';
import { type RequestSource } from './same-origin.js';

/** What a route asks for. Undefined: it was forgotten. */
export type RouteNeeds = RoleName | 'public' | undefined;

/** `unmarked`: nobody may call a route that does not say who may. */
export type Decision = 'allow' | 'unmarked' | 'anonymous' | 'forged' | 'forbidden';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Whether a request may go on; for a route that is marked and not public. */
export function decideAccess(
  needs: RouteNeeds,
  identity: Identity | null,
  method: string,
  source: RequestSource,
): Decision {
  if (needs === undefined) return 'unmarked';
  if (needs === 'public') return 'allow';
  if (identity === null) return 'anonymous';
  // A browser sends the cookie along with a foreign page's request too; an API key it cannot send.
  if (identity.via === 'session' && !SAFE_METHODS.includes(method) && source !== 'own') return 'forged';
  return isAllowed(identity.principal.role, needs) ? 'allow' : 'forbidden';
}
