import { Environment } from '../config/environment.js';
import { newToken } from './secrets.js';
import { SessionCookie } from './session-cookie.js';

const plain = new SessionCookie(Environment.read({}));
const secure = new SessionCookie(Environment.read({ GITS_PUBLIC_URL: 'https://gits.example.com' }));
const expiresAt = new Date('2030-01-02T03:04:05.678Z');

describe('SessionCookie', () => {
  it('is out of reach for scripts and other sites, and ends with the session', () => {
    expect(plain.write('x', expiresAt)).toBe(
      'gits_session=x; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; SameSite=Lax',
    );
  });

  it('is for encrypted connections and this host only when the public URL is https', () => {
    expect(secure.write('x', expiresAt)).toBe(
      '__Host-gits_session=x; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; SameSite=Lax; Secure',
    );
  });

  it('reads back what it wrote, among other cookies', () => {
    const token = newToken();
    expect(plain.read(`a=b; gits_session=${token}; c=d`)).toBe(token);
    expect(secure.read(`__Host-gits_session=${token}`)).toBe(token);
  });

  it('reads nothing from a missing, foreign, cleared or odd cookie', () => {
    const token = newToken();
    expect(plain.read(undefined)).toBeNull();
    expect(plain.read('')).toBeNull();
    expect(plain.read(`my_gits_session=${token}`)).toBeNull();
    expect(secure.read(`gits_session=${token}`)).toBeNull();
    expect(plain.read('gits_session=')).toBeNull();
    expect(plain.read(`gits_session=${token}'--`)).toBeNull();
    expect(plain.clear()).toContain('gits_session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
  });
});
