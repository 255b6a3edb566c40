import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ApiKeyDto, CreatedApiKeyDto } from '../../../src/access/dto/api-key.dto.js';
import { hashSecret, newToken } from '../../../src/access/secrets.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';
import { type Call, call, startAccessApp } from './access-app.js';

const PRESET_KEY = 'a-preset-key-for-automation';
const PASSWORD = 'a good password';
const HOST = 'gits.local:8000';
const OWN = { host: HOST, origin: `http://${HOST}` };
const BROWSER = { accept: 'text/html,application/xhtml+xml;q=0.9' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('access', () => {
  let database: TestDatabase;
  let postgres: Postgres;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    database = await startTestDatabase();
    postgres = new Postgres(database.url, 'test', 2);
    app = await startAccessApp(database.url, { GITS_ADMIN_PASSWORD: PASSWORD, GITS_API_KEY: PRESET_KEY });
  });
  afterAll(async () => {
    await app?.close();
    await postgres?.onApplicationShutdown();
    await database?.stop();
  });

  const get = (url: string, headers: Call['headers'] = {}) => call(app, { method: 'GET', url, headers });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  /** Every login comes from an address of its own, so that the tests do not slow each other down. */
  let addresses = 0;
  const newAddress = () => `192.0.2.${(addresses += 1)}`;
  function logIn(fields: Record<string, string>, headers: Call['headers'] = OWN, address = newAddress()) {
    const payload = new URLSearchParams({ username: 'admin', password: PASSWORD, ...fields }).toString();
    return call(app, {
      method: 'POST',
      url: '/login',
      headers: { ...FORM, 'x-forwarded-for': address, ...headers },
      payload,
    });
  }

  async function sessionCookie(): Promise<string> {
    const answer = await logIn({});
    return String(answer.headers['set-cookie']).split(';')[0] ?? '';
  }

  async function newKey(role: string): Promise<{ id: string; key: string }> {
    const answer = await call(app, {
      method: 'POST',
      url: '/access/api_keys',
      headers: bearer(PRESET_KEY),
      payload: { name: `a ${role}`, role },
    });
    expect(answer.statusCode).toBe(201);
    return answer.json<{ id: string; key: string }>();
  }

  describe('the guard', () => {
    it('leaves public routes open', async () => {
      expect((await get('/things/open')).body).toBe('open');
      expect((await get('/things/open', bearer('wrong'))).statusCode).toBe(200);
    });

    it('refuses a route that does not say who may call it, to everyone', async () => {
      for (const headers of [{}, bearer(PRESET_KEY), BROWSER]) {
        const answer = await get('/things/forgotten', headers);
        expect(answer.statusCode).toBe(403);
        expect(answer.json().code).toBe('route-without-role');
      }
    });

    it('answers a program without a key with 401 and the scheme to use', async () => {
      for (const headers of [{}, { accept: 'application/json' }, { accept: 'text/event-stream' }]) {
        const answer = await get('/things/viewer', headers);
        expect(answer.statusCode).toBe(401);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
        expect(answer.json().code).toBe('login-required');
      }
    });

    it('sends a browser to the login page, with the way back', async () => {
      const answer = await get('/things/viewer?a=1&b=%2F', BROWSER);
      expect(answer.statusCode).toBe(303);
      expect(answer.headers['location']).toBe('/login?next=%2Fthings%2Fviewer%3Fa%3D1%26b%3D%252F');
    });

    it('sends a form of a page whose session is over to the login page', async () => {
      const answer = await call(app, { method: 'POST', url: '/things/viewer', headers: { ...BROWSER, ...FORM } });
      expect([answer.statusCode, answer.headers['location']]).toEqual([303, '/login']);
    });

    it('makes htmx leave the page when the session is over', async () => {
      const headers = { ...BROWSER, 'hx-request': 'true', 'hx-current-url': `http://${HOST}/jobs?page=2` };
      const answer = await get('/things/viewer', headers);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['hx-redirect']).toBe('/login?next=%2Fjobs%3Fpage%3D2');
    });

    it.each([
      ['Basic YWRtaW46YWRtaW4=', 'authorization-scheme'],
      ['Bearer', 'authorization-scheme'],
      ['Bearer a b', 'authorization-scheme'],
      ['Bearer wrong', 'api-key-invalid'],
      [`Bearer gits_abcdefgh_${'x'.repeat(43)}`, 'api-key-invalid'],
    ])('refuses Authorization: %s, also next to a good session', async (authorization, code) => {
      const answer = await get('/things/viewer', { ...BROWSER, authorization, cookie: await sessionCookie() });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
      expect(answer.json().code).toBe(code);
    });

    it('names the role that is needed and the one that is held', async () => {
      const { key } = await newKey('operator');
      expect((await get('/things/viewer', bearer(key))).statusCode).toBe(200);
      const answer = await get('/things/admin', bearer(key));
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({
        code: 'role-too-low',
        detail: 'This needs role admin, but a operator has role operator.',
      });
    });

    it('takes the role of the handler before that of its controller', async () => {
      const { key } = await newKey('viewer');
      expect((await get('/inherited', bearer(key))).statusCode).toBe(403);
      expect((await get('/inherited/lower', bearer(key))).statusCode).toBe(200);
    });

    it('guards routes outside of Nest through the gatekeeper', async () => {
      expect((await get('/outside')).statusCode).toBe(401);
      expect((await get('/outside', BROWSER)).headers['location']).toBe('/login?next=%2Foutside');
      expect((await get('/outside', bearer(PRESET_KEY))).body).toBe('outside');
    });
  });

  describe('API keys', () => {
    it('takes the preset key as an admin and does not store it', async () => {
      const answer = await get('/access/me', bearer(PRESET_KEY));
      expect(answer.json()).toEqual({ kind: 'key', id: 'preset', name: 'preset', role: 'admin' });
      expect(JSON.stringify(await postgres.rows('SELECT * FROM gits.api_keys'))).not.toContain(hashSecret(PRESET_KEY));
    });

    it('shows a new key once and stores its hash', async () => {
      const answer = await call(app, {
        method: 'POST',
        url: '/access/api_keys',
        headers: bearer(PRESET_KEY),
        payload: { name: 'line 4', role: 'engineer', expiresInDays: 30 },
      });
      expect(answer.statusCode).toBe(201);
      expect(answer.headers['cache-control']).toBe('no-store');
      const { id, key, prefix, expiresAt } = answer.json<CreatedApiKeyDto & { expiresAt: string }>();
      expect(key).toMatch(/^gits_[0-9A-Za-z]{8}_[0-9A-Za-z]{43}$/);
      expect(key.startsWith(prefix)).toBe(true);
      expect(answer.headers['location']).toBe(`/access/api_keys/${id}`);
      expect(Date.parse(expiresAt) - Date.now()).toBeCloseTo(30 * 86_400_000, -6);

      const shown = await get(`/access/api_keys/${id}`, bearer(PRESET_KEY));
      expect(shown.json()).toMatchObject({ id, name: 'line 4', prefix, role: 'engineer', createdBy: 'preset' });
      expect(shown.body).not.toContain(key);
      const list = await get('/access/api_keys', bearer(PRESET_KEY));
      expect(list.json()).toContainEqual(shown.json());
      const [stored] = await postgres.rows('SELECT key_hash FROM gits.api_keys WHERE id = $1', [id]);
      expect(stored).toEqual({ key_hash: hashSecret(key) });
      expect((await get('/access/me', bearer(key))).json()).toEqual({
        kind: 'key',
        id,
        name: 'line 4',
        role: 'engineer',
      });
    });

    it.each([
      { role: 'viewer' },
      { name: '', role: 'viewer' },
      { name: 'a\nb', role: 'viewer' },
      { name: 'x'.repeat(61), role: 'viewer' },
      { name: 'x', role: 'owner' },
      { name: 'x', role: 'viewer', expiresInDays: 0 },
      { name: 'x', role: 'viewer', expiresInDays: 1.5 },
      { name: 'x', role: 'viewer', id: 'mine' },
    ])('refuses to make a key of %j', async (payload) => {
      const answer = await call(app, {
        method: 'POST',
        url: '/access/api_keys',
        headers: bearer(PRESET_KEY),
        payload,
      });
      expect(answer.statusCode).toBe(400);
    });

    it('lets nobody below admin see or make keys', async () => {
      const { id, key } = await newKey('engineer');
      for (const [method, url] of [
        ['GET', '/access/api_keys'],
        ['GET', `/access/api_keys/${id}`],
        ['POST', '/access/api_keys'],
        ['DELETE', `/access/api_keys/${id}`],
      ] as const) {
        expect((await call(app, { method, url, headers: bearer(key) })).statusCode).toBe(403);
      }
    });

    it('refuses a revoked key at once, and in another process within 5 s', async () => {
      const other = await startAccessApp(database.url);
      try {
        const { id, key } = await newKey('viewer');
        const inOther = async () => (await call(other, { url: '/access/me', headers: bearer(key) })).statusCode;
        expect((await get('/access/me', bearer(key))).statusCode).toBe(200);
        expect(await inOther()).toBe(200);
        const url = `/access/api_keys/${id}`;
        expect((await call(app, { method: 'DELETE', url, headers: bearer(PRESET_KEY) })).statusCode).toBe(204);
        const revokedAt = Date.now();
        expect((await get('/access/me', bearer(key))).statusCode).toBe(401);
        while ((await inOther()) !== 401) {
          expect(Date.now() - revokedAt).toBeLessThan(5000);
          await sleep(50);
        }
        const first = (await get(url, bearer(PRESET_KEY))).json().revokedAt;
        expect((await call(app, { method: 'DELETE', url, headers: bearer(PRESET_KEY) })).statusCode).toBe(204);
        expect((await get(url, bearer(PRESET_KEY))).json().revokedAt).toBe(first);
      } finally {
        await other.close();
      }
    });

    it('refuses an expired key', async () => {
      const { id, key } = await newKey('viewer');
      await postgres.query('UPDATE gits.api_keys SET expires_at = now() WHERE id = $1', [id]);
      expect((await get('/access/me', bearer(key))).statusCode).toBe(401);
    });

    it('asks the database once for many requests, and notes the use', async () => {
      const { id, key } = await newKey('viewer');
      const answers = await Promise.all(Array.from({ length: 50 }, () => get('/access/me', bearer(key))));
      expect(answers.every((answer) => answer.statusCode === 200)).toBe(true);
      // Without the cache this change would be seen at once.
      await postgres.query(`UPDATE gits.api_keys SET role = 'admin' WHERE id = $1`, [id]);
      expect((await get('/access/me', bearer(key))).json().role).toBe('viewer');
      let lastUsedAt: string | null = null;
      for (let i = 0; i < 40 && lastUsedAt === null; i += 1) {
        await sleep(50);
        lastUsedAt = (await get(`/access/api_keys/${id}`, bearer(PRESET_KEY))).json<ApiKeyDto>().lastUsedAt;
      }
      expect(Date.now() - Date.parse(lastUsedAt ?? '')).toBeLessThan(10_000);
    });

    it.each(['0c9b6f1e-4a52-4d3e-9d52-3a0d6f6b8f7a', 'preset', "'; DROP TABLE gits.users; --"])(
      'answers 404 for key %s',
      async (id) => {
        const url = `/access/api_keys/${encodeURIComponent(id)}`;
        expect((await get(url, bearer(PRESET_KEY))).statusCode).toBe(404);
        expect((await call(app, { method: 'DELETE', url, headers: bearer(PRESET_KEY) })).statusCode).toBe(404);
      },
    );
  });

  describe('logging in with a password', () => {
    it('shows a form without scripts or styles of its own', async () => {
      const answer = await get('/login?next=%2Fjobs%3Fa%3D%22%3E%3Cscript%3E', BROWSER);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['referrer-policy']).toBe('same-origin');
      expect(answer.body).toMatch(/^<!doctype html>/i);
      expect(answer.body).toContain('name="password"');
      expect(answer.body).not.toMatch(/<script>|<style|style=|onclick=/);
    });

    it('begins a session and leads on', async () => {
      const answer = await logIn({ next: '/jobs?limit=5' });
      expect(answer.statusCode).toBe(303);
      expect(answer.headers['location']).toBe('/jobs?limit=5');
      const header = String(answer.headers['set-cookie']);
      expect(header).toMatch(/^gits_session=[\w-]{43}; Path=\/; Expires=.* GMT; HttpOnly; SameSite=Lax$/);
      const expires = Date.parse(/Expires=([^;]+)/.exec(header)?.[1] ?? '');
      expect(expires - Date.now()).toBeCloseTo(12 * 3_600_000, -5);
      const cookie = header.split(';')[0] ?? '';
      expect((await get('/access/me', { cookie })).json()).toMatchObject({
        kind: 'user',
        name: 'admin',
        role: 'admin',
      });
      expect((await get('/login?next=/jobs', { cookie })).headers['location']).toBe('/jobs');
      const stored = JSON.stringify(await postgres.rows('SELECT * FROM gits.sessions'));
      expect(stored).not.toContain(cookie.split('=')[1]);
    });

    it('leads to the dashboard instead of another site', async () => {
      for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
        expect((await logIn({ next })).headers['location']).toBe('/dash_main_dashboard');
      }
    });

    it('marks the cookie Secure and binds it to the host when the public URL is https', async () => {
      const secure = await startAccessApp(database.url, { GITS_PUBLIC_URL: 'https://gits.example.com' });
      try {
        const payload = new URLSearchParams({ username: 'admin', password: PASSWORD }).toString();
        const answer = await call(secure, { method: 'POST', url: '/login', headers: FORM, payload });
        expect(String(answer.headers['set-cookie'])).toMatch(
          /^__Host-gits_session=.*; HttpOnly; SameSite=Lax; Secure$/,
        );
      } finally {
        await secure.close();
      }
    });

    it('gives the same answer for a wrong password and an unknown user', async () => {
      const wrong = await logIn({ password: 'not this one' });
      const unknown = await logIn({ username: 'nobody', password: 'not this one' });
      expect(wrong.statusCode).toBe(401);
      expect(wrong.headers['set-cookie']).toBeUndefined();
      expect(wrong.body).toContain('Username or password is wrong.');
      expect(unknown.statusCode).toBe(401);
      expect(unknown.body).toBe(wrong.body.replaceAll('"admin"', '"nobody"'));
    });

    it.each([
      ['with a quote', "' OR 1=1 --"],
      ['with a NUL', 'a\0b'],
      ['with markup', '<script>alert(1)</script>'],
      ['of 5000 letters', 'x'.repeat(5000)],
    ])('takes a username %s as any unknown one', async (_, username) => {
      const answer = await logIn({ username, password: 'x' });
      expect(answer.statusCode).toBe(401);
      expect(answer.body).not.toContain('<script>alert');
    });

    it('takes a form with missing or doubled fields as a wrong password', async () => {
      for (const payload of ['', 'username=admin', `username=admin&password=${PASSWORD}&password=x`]) {
        const headers = { ...FORM, ...OWN, 'x-forwarded-for': newAddress() };
        const answer = await call(app, { method: 'POST', url: '/login', headers, payload });
        expect(answer.statusCode).toBe(401);
      }
    });

    it('makes someone who guesses wait', async () => {
      const address = newAddress();
      const statuses = [];
      let last;
      for (let i = 0; i < 7; i += 1) {
        last = await logIn({ username: 'guessed', password: `guess ${i}` }, OWN, address);
        statuses.push(last.statusCode);
      }
      expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
      expect(Number(last?.headers['retry-after'])).toBe(1);
      expect(last?.body).toContain('Try again in 1 s.');
    });

    it('refuses the form of another site, but not a program', async () => {
      const foreign = await logIn({}, { host: HOST, origin: 'https://evil.example' });
      expect([foreign.statusCode, foreign.headers['set-cookie']]).toEqual([403, undefined]);
      expect((await logIn({}, { host: HOST })).statusCode).toBe(303);
    });
  });

  describe('a session', () => {
    it('makes changes for our own pages only', async () => {
      const cookie = await sessionCookie();
      const post = (headers: Call['headers']) =>
        call(app, { method: 'POST', url: '/things/viewer', headers: { cookie, host: HOST, ...headers } });
      expect((await post({ origin: `http://${HOST}` })).statusCode).toBe(201);
      expect((await post({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201);
      for (const headers of [
        {},
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` },
      ]) {
        const answer = await post(headers);
        expect(answer.statusCode).toBe(403);
        expect(answer.json().code).toBe('foreign-origin');
      }
      expect((await get('/things/viewer', { cookie, origin: 'https://evil.example' })).statusCode).toBe(200);
    });

    it('ends at log-out', async () => {
      const cookie = await sessionCookie();
      const forged = await call(app, { method: 'POST', url: '/logout', headers: { cookie, host: HOST } });
      expect(forged.statusCode).toBe(403);
      const answer = await call(app, { method: 'POST', url: '/logout', headers: { cookie, ...OWN, ...FORM } });
      expect([answer.statusCode, answer.headers['location']]).toEqual([303, '/login']);
      expect(String(answer.headers['set-cookie'])).toMatch(/^gits_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
      expect((await get('/access/me', { cookie })).statusCode).toBe(401);
    });

    it('gives way to the next one when its browser logs in again', async () => {
      const old = await sessionCookie();
      expect((await get('/access/me', { cookie: old })).statusCode).toBe(200);
      const answer = await logIn({}, { ...OWN, cookie: old });
      const next = String(answer.headers['set-cookie']).split(';')[0] ?? '';
      expect(next).not.toBe(old);
      expect((await get('/access/me', { cookie: old })).statusCode).toBe(401);
      expect((await get('/access/me', { cookie: next })).statusCode).toBe(200);
    });

    it('does not work when it has expired, or was never begun', async () => {
      const cookie = await sessionCookie();
      const hash = hashSecret(cookie.split('=')[1] ?? '');
      await postgres.query('UPDATE gits.sessions SET expires_at = now() WHERE token_hash = $1', [hash]);
      expect((await get('/access/me', { cookie })).statusCode).toBe(401);
      expect((await get('/access/me', { cookie: `gits_session=${newToken()}` })).statusCode).toBe(401);
    });
  });

  describe('a login link', () => {
    async function newLink(lifetime: string): Promise<string> {
      const token = newToken();
      await postgres.query(
        `INSERT INTO gits.login_links (token_hash, user_id, expires_at) SELECT $1, id, now() + $2::interval FROM gits.users`,
        [hashSecret(token), lifetime],
      );
      return `/login/link?token=${token}`;
    }

    it('works once', async () => {
      const url = await newLink('1 hour');
      const first = await get(`${url}&next=%2Fjobs`, BROWSER);
      expect([first.statusCode, first.headers['location']]).toEqual([303, '/jobs']);
      const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
      expect((await get('/access/me', { cookie })).json().name).toBe('admin');
      const second = await get(url, BROWSER);
      expect(second.statusCode).toBe(410);
      expect(second.headers['set-cookie']).toBeUndefined();
      expect(second.body).toContain('This login link does not work');
    });

    it('works for one of many who follow it at the same time', async () => {
      const url = await newLink('1 hour');
      const answers = await Promise.all(Array.from({ length: 10 }, () => get(url, BROWSER)));
      expect(answers.map((answer) => answer.statusCode).sort()).toEqual([303, ...Array(9).fill(410)]);
    });

    it('does not work when it has expired, is unknown or misses its token', async () => {
      const expired = await newLink('0 s');
      const doubled = `${expired}&token=x`;
      for (const url of [expired, doubled, `/login/link?token=${newToken()}`, '/login/link?token=x', '/login/link']) {
        expect((await get(url, BROWSER)).statusCode).toBe(410);
      }
    });

    it('is not used up by something that only looks ahead', async () => {
      const url = await newLink('1 hour');
      expect((await call(app, { method: 'HEAD', url })).statusCode).toBe(204);
      expect((await get(url, { ...BROWSER, 'sec-purpose': 'prefetch;prerender' })).statusCode).toBe(204);
      expect((await get(url, BROWSER)).statusCode).toBe(303);
    });
  });
});
