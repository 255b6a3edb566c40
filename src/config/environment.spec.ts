import { Environment, SettingError } from './environment.js';
import { flagOf } from './setting.js';
import { SETTINGS } from './settings.js';

const messageOf = (variables: NodeJS.ProcessEnv, flags = {}): string => {
  try {
    Environment.read(variables, flags);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingError);
    return (error as Error).message;
  }
  throw new Error('the settings were accepted');
};

describe(Environment.name, () => {
  it('has a good default for every setting', () => {
    const environment = Environment.read({});
    expect(environment.host).toBe('127.0.0.1');
    expect(environment.port).toBe(8000);
    expect(environment.role).toEqual(['all']);
    for (const key of Object.keys(SETTINGS)) expect(environment).toHaveProperty(key);
  });

  it('reads variables, and lets a flag win over them', () => {
    const variables = { GITS_PORT: '9000', GITS_HOST: '0.0.0.0', DATABASE_URL: 'postgresql://db/x' };
    const environment = Environment.read(variables, { port: '9001' });
    expect(environment.port).toBe(9001);
    expect(environment.host).toBe('0.0.0.0');
    expect(environment.databaseUrl).toBe('postgresql://db/x');
  });

  it('takes an empty variable for one that is not set', () => {
    expect(Environment.read({ GITS_PORT: '' }).port).toBe(8000);
  });

  it('refuses an unknown variable and says which one may be meant', () => {
    expect(messageOf({ GITS_PROT: '1' })).toBe(
      'GITS_PROT is not a setting of GITS. Did you mean GITS_PORT? `gits --help` lists them.',
    );
  });

  it('leaves variables of other programs alone', () => {
    expect(() => Environment.read({ HOME: '/root', GITHUB_TOKEN: 'x' })).not.toThrow();
  });

  it.each([
    [{ GITS_PORT: '70000' }, 'GITS_PORT must be a whole number from 0 to 65535, but is "70000".'],
    [{ GITS_PORT: '8e3' }, 'GITS_PORT must be a whole number from 0 to 65535, but is "8e3".'],
    [{ GITS_INTERVAL: 'soon' }, 'GITS_INTERVAL must be a number from 0.001 to 86400, but is "soon".'],
    [{ GITS_RATE: 'fast' }, 'GITS_RATE must be a number above 0, or "max", but is "fast".'],
    [{ GITS_DEMO: 'maybe' }, 'GITS_DEMO must be true or false, but is "maybe".'],
    [{ GITS_LOG_LEVEL: 'loud' }, 'GITS_LOG_LEVEL must be one of debug, info, warn, error, but is "loud".'],
  ])('refuses %j', (variables, message) => {
    expect(messageOf(variables)).toBe(message);
  });

  it('names every problem at once, and the flag where it was a flag', () => {
    const message = messageOf({ GITS_PORT: 'x', GITS_WRONG: '1' }, { workers: 'many' });
    expect(message.split('\n')).toHaveLength(3);
    expect(message).toContain('--workers must be a whole number');
  });

  it('hands settings to child processes as variables', () => {
    const child = Environment.childVariables({ PATH: '/bin', GITS_PORT: '1' }, { port: '2' }, { role: 'worker' });
    expect(child).toEqual({ PATH: '/bin', GITS_PORT: '2', GITS_ROLE: 'worker' });
  });
});

describe('the table of settings', () => {
  it('gives each setting a variable and a flag of its own, a description and a default that is valid', () => {
    const settings = Object.values(SETTINGS);
    expect(new Set(settings.map((setting) => setting.variable)).size).toBe(settings.length);
    expect(new Set(settings.map(flagOf)).size).toBe(settings.length);
    for (const setting of settings) {
      expect(setting.description).toMatch(/^[A-Z].+\.$/);
      expect(() => setting.parse(setting.defaultText)).not.toThrow();
    }
  });
});
