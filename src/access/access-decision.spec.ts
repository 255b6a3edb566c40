import { type Decision, type RouteNeeds, decideAccess } from './access-decision.js';
import type { Identity } from './authenticator.js';
import { ROLES, type RoleName } from './roles.js';
import type { RequestSource } from './same-origin.js';

function identity(role: RoleName, via: Identity['via'] = 'key'): Identity {
  return { principal: { kind: via === 'key' ? 'key' : 'user', id: '1', name: 'somebody', role }, via };
}

describe('decideAccess', () => {
  it.each<[RouteNeeds, Identity | null, Decision]>([
    [undefined, null, 'unmarked'],
    [undefined, identity('admin'), 'unmarked'],
    ['public', null, 'allow'],
    ['viewer', null, 'anonymous'],
    ['admin', null, 'anonymous'],
    ['viewer', identity('viewer'), 'allow'],
    ['operator', identity('viewer'), 'forbidden'],
    ['operator', identity('engineer'), 'allow'],
    ['admin', identity('engineer'), 'forbidden'],
    ['admin', identity('admin'), 'allow'],
    ['viewer', identity('nothing' as RoleName), 'forbidden'],
  ])('a route that needs %s answers %j with %s', (needs, who, decision) => {
    expect(decideAccess(needs, who, 'GET', 'unsaid')).toBe(decision);
  });

  it('lets each role do what lower roles may, and nothing above', () => {
    for (const [has, role] of ROLES.entries()) {
      for (const [needs, needed] of ROLES.entries()) {
        expect(decideAccess(needed, identity(role), 'POST', 'unsaid')).toBe(has >= needs ? 'allow' : 'forbidden');
      }
    }
  });

  it.each<[Identity['via'], string, RequestSource, Decision]>([
    ['session', 'GET', 'foreign', 'allow'],
    ['session', 'HEAD', 'unsaid', 'allow'],
    ['session', 'POST', 'own', 'allow'],
    ['session', 'POST', 'foreign', 'forged'],
    ['session', 'POST', 'unsaid', 'forged'],
    ['session', 'PUT', 'unsaid', 'forged'],
    ['session', 'PATCH', 'foreign', 'forged'],
    ['session', 'DELETE', 'foreign', 'forged'],
    ['key', 'POST', 'foreign', 'allow'],
    ['key', 'DELETE', 'unsaid', 'allow'],
  ])('with a %s, %s from %s source: %s', (via, method, source, decision) => {
    expect(decideAccess('viewer', identity('viewer', via), method, source)).toBe(decision);
  });
});
