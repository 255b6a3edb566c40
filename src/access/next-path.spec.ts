import fc from 'fast-check';
import { loginPath, safeNextPath } from './next-path.js';

describe('safeNextPath', () => {
  it.each([
    ['/', '/'],
    ['/jobs?last_status=failed&limit=5#row', '/jobs?last_status=failed&limit=5#row'],
    ['/a/../b', '/b'],
    ['/jobs?next=//evil.example', '/jobs?next=//evil.example'],
    ['/jobs?q=ä b', '/jobs?q=%C3%A4%20b'],
    ['/loginish', '/loginish'],
  ])('takes %j as %j', (next, path) => {
    expect(safeNextPath(next)).toBe(path);
  });

  it.each([
    undefined,
    null,
    7,
    ['/a', '/b'],
    '',
    'jobs',
    'https://evil.example/',
    'javascript:alert(1)',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    '/jobs\r\nset-cookie: a=b',
    '/jobs\0',
    '/login',
    '/login?next=/jobs',
    '/login/link?token=x',
    '/logout',
    `/${'x'.repeat(2000)}`,
  ])('refuses %j', (next) => {
    expect(safeNextPath(next)).toBeNull();
  });

  it('never leads to another site, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '\t',
      '\n',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }), (parts) => {
        const path = safeNextPath(`/${parts.join('')}`);
        if (path === null) return;
        expect(new URL(path, 'https://gits.example.com/login').origin).toBe('https://gits.example.com');
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        expect(safeNextPath(path)).toBe(path);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });
});

describe('loginPath', () => {
  it('carries the way back, and nothing when there is none', () => {
    expect(loginPath('/jobs?a=1&b=2')).toBe('/login?next=%2Fjobs%3Fa%3D1%26b%3D2');
    expect(loginPath('//evil.example')).toBe('/login');
    expect(loginPath('/dash_main_dashboard')).toBe('/login');
    expect(loginPath(null)).toBe('/login');
  });
});
