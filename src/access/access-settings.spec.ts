import { Environment, SettingError } from '../config/environment.js';
import { checkAccessSettings } from './access-settings.js';

function check(variables: NodeJS.ProcessEnv): () => void {
  return () => checkAccessSettings(Environment.read(variables));
}

describe('checkAccessSettings', () => {
  it('accepts the defaults and good values', () => {
    expect(check({})).not.toThrow();
    expect(
      check({
        GITS_ADMIN_PASSWORD: '0123456789',
        GITS_API_KEY: 'any text without spaces!'.replaceAll(' ', '-'),
        GITS_PUBLIC_URL: 'https://gits.example.com',
      }),
    ).not.toThrow();
  });

  it.each([
    [{ GITS_ADMIN_PASSWORD: '012345678' }, /GITS_ADMIN_PASSWORD must have 10 to 1024 characters, but has 9/],
    [{ GITS_API_KEY: 'x'.repeat(23) }, /GITS_API_KEY must have at least 24 characters, but has 23/],
    [{ GITS_API_KEY: 'a key with spaces cannot be sent' }, /GITS_API_KEY must consist of ASCII/],
    [{ GITS_PUBLIC_URL: 'gits.example.com' }, /GITS_PUBLIC_URL must be a URL/],
  ])('refuses %j', (variables, message) => {
    expect(check(variables)).toThrow(SettingError);
    expect(check(variables)).toThrow(message);
  });

  it('does not show a secret', () => {
    expect(check({ GITS_API_KEY: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
  });
});
