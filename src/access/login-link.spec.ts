import { loginLinkText } from './login-link.js';

describe('loginLinkText', () => {
  const now = new Date(2026, 0, 5, 15, 42);

  it('says until when the link works, in local time', () => {
    const link = { token: 'abc', expiresAt: new Date(2026, 0, 5, 16, 42) };
    expect(loginLinkText('admin', 'http://127.0.0.1:8000/', link, now)).toBe(
      'Log in once as admin: http://127.0.0.1:8000/login/link?token=abc  (works until 16:42, once)',
    );
  });

  it('names the day when it is not today', () => {
    const link = { token: 'abc', expiresAt: new Date(2026, 0, 6, 9, 5) };
    expect(loginLinkText('admin', 'http://127.0.0.1:8000', link, now)).toContain('until Tue Jan 06 2026 09:05,');
  });
});
