import { Passwords } from './passwords.js';

describe('Passwords', () => {
  const passwords = new Passwords();

  it('hashes with argon2id and the OWASP parameters, each time with another salt', async () => {
    const [first, second] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(second).not.toBe(first);
  });

  it('accepts the right password and no other', async () => {
    const hash = await passwords.hash('correct horse');
    expect(await passwords.check('correct horse', hash)).toBe(true);
    expect(await passwords.check('correct horsf', hash)).toBe(false);
    expect(await passwords.check('', hash)).toBe(false);
  });

  it('accepts nothing for a user without a password', async () => {
    expect(await passwords.check('', null)).toBe(false);
    expect(await passwords.check('anything', null)).toBe(false);
  });

  it('does as much work for an unknown user as for a wrong password', async () => {
    const hash = await passwords.hash('correct horse');
    const time = async (storedHash: string | null) => {
      const startedAt = performance.now();
      for (let i = 0; i < 5; i += 1) await passwords.check('wrong', storedHash);
      return performance.now() - startedAt;
    };
    await time(null);
    // Without the decoy the ratio is below 0.01; the wide margin is for a busy machine.
    expect((await time(null)) / (await time(hash))).toBeGreaterThan(0.2);
  });

  it('refuses a password that is too long without hashing it', async () => {
    const long = 'x'.repeat(1025);
    expect(await passwords.check(long, await passwords.hash(long))).toBe(false);
  });
});
