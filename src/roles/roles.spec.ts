import { Environment } from '../config/environment.js';
import { ROLES, findRole } from './roles.js';

describe('the table of roles', () => {
  it('gives each role a name of its own', () => {
    expect(new Set(ROLES.map((role) => role.name)).size).toBe(ROLES.length);
  });

  it('opens the web port in one role only', () => {
    expect(ROLES.filter((role) => role.port === 'web').map((role) => role.name)).toEqual(['api']);
  });

  it('stops those that send before those that work, so that nothing new comes while the queue drains', () => {
    const stepOf = (name: string) => findRole(name)!.stopStep;
    expect(stepOf('data-source')).toBeLessThan(stepOf('api'));
    expect(stepOf('api')).toBeLessThan(stepOf('worker'));
  });

  it('starts as many workers as the setting says, and no demo roles without the demo', () => {
    const environment = Environment.read({ GITS_WORKERS: '3', GITS_DEMO: 'false' });
    expect(findRole('worker')!.processes(environment)).toBe(3);
    for (const name of ['loader', 'data-source', 'ground-truth-collector']) {
      expect(findRole(name)!.processes(environment)).toBe(0);
    }
  });
});
