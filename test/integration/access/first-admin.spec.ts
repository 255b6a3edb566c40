import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FirstAdmin } from '../../../src/access/first-admin.js';
import { forgetExpiredLogins } from '../../../src/access/forget-expired-logins.js';
import { loginLink } from '../../../src/commands/login-link.js';
import { Environment, SettingError } from '../../../src/config/environment.js';
import { Postgres } from '../../../src/platform/postgres/postgres.js';
import { type TestDatabase, startTestDatabase } from '../../support/database.js';
import { call, createAccessApp, startAccessApp } from './access-app.js';

const BASE_URL = 'http://127.0.0.1:8123';

describe('the first start', () => {
  let database: TestDatabase;
  let postgres: Postgres;
  const apps: NestFastifyApplication[] = [];

  beforeAll(async () => {
    database = await startTestDatabase();
    postgres = new Postgres(database.url, 'test', 2);
  });
  afterAll(async () => {
    await postgres?.onApplicationShutdown();
    await database?.stop();
  });
  beforeEach(() => postgres.query('TRUNCATE gits.users, gits.api_keys, gits.processes CASCADE'));
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
  });

  async function start(variables: NodeJS.ProcessEnv = {}): Promise<NestFastifyApplication> {
    const app = await startAccessApp(database.url, variables);
    apps.push(app);
    return app;
  }

  async function announced(app: NestFastifyApplication): Promise<string> {
    let printed = '';
    await app.get(FirstAdmin).announce(BASE_URL, (text) => (printed += text));
    return printed;
  }

  const users = () => postgres.rows('SELECT username, role, password_hash FROM gits.users');

  it('makes an admin whom a printed link logs in, and the second start does nothing', async () => {
    const first = await start();
    const printed = await announced(first);
    expect(printed).toMatch(
      /^\n {2}Log in once as admin: http:\/\/127\.0\.0\.1:8123\/login\/link\?token=\S{43} {2}\(works until .*\d\d:\d\d, once\)\n\n$/,
    );
    expect(await announced(first)).toBe('');
    expect(await users()).toEqual([{ username: 'admin', role: 'admin', password_hash: null }]);

    const second = await start();
    expect(await announced(second)).toBe('');
    expect(await users()).toHaveLength(1);

    const [, path = ''] = /http:\/\/127\.0\.0\.1:8123(\S+)/.exec(printed) ?? [];
    const answer = await call(second, { method: 'GET', url: path });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers['location']).toBe('/dash_main_dashboard');
  });

  it('uses the public URL in the link', async () => {
    const printed = await announced(await start({ GITS_PUBLIC_URL: 'https://gits.example.com/' }));
    expect(printed).toContain(' https://gits.example.com/login/link?token=');
  });

  it('stores neither tokens nor passwords', async () => {
    const printed = await announced(await start());
    const [, token = ''] = /token=(\S+)/.exec(printed) ?? [];
    expect(token).toHaveLength(43);
    const stored = JSON.stringify(await postgres.rows('SELECT * FROM gits.login_links'));
    expect(stored).toMatch(/"token_hash":"[0-9a-f]{64}"/);
    expect(stored).not.toContain(token);
  });

  it('gives the admin the password of GITS_ADMIN_PASSWORD and prints no link', async () => {
    const app = await start({ GITS_ADMIN_PASSWORD: 'a good password' });
    expect(await announced(app)).toBe('');
    const [user] = await users();
    expect(user?.['password_hash']).toMatch(/^\$argon2id\$/);
    const answer = await call(app, {
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'username=admin&password=a+good+password',
    });
    expect(answer.statusCode).toBe(303);
  });

  it('stops when a preset secret is too short', async () => {
    for (const variables of [{ GITS_ADMIN_PASSWORD: 'short' }, { GITS_API_KEY: 'short' }]) {
      const app = await createAccessApp(database.url, variables);
      await expect(app.init()).rejects.toThrow(SettingError);
      await app.close();
    }
    expect(await users()).toEqual([]);
  });

  it('makes one admin and one link when several processes start at once', async () => {
    const started = await Promise.all([
      createAccessApp(database.url),
      createAccessApp(database.url),
      createAccessApp(database.url),
    ]);
    apps.push(...started);
    await Promise.all(started.map((app) => app.init()));
    const printed = await Promise.all(started.map(announced));
    expect(printed.filter((text) => text !== '')).toHaveLength(1);
    expect(await users()).toHaveLength(1);
  });

  it('forgets sessions and links that are over, and only those', async () => {
    await announced(await start());
    await postgres.query(`
      INSERT INTO gits.login_links SELECT 'old', id, now() - interval '1 second' FROM gits.users;
      INSERT INTO gits.login_links SELECT 'used', id, now() + interval '1 hour', now() FROM gits.users;
      INSERT INTO gits.sessions SELECT 'old', id, now(), now() - interval '1 second' FROM gits.users;
      INSERT INTO gits.sessions SELECT 'good', id, now(), now() + interval '1 hour' FROM gits.users`);
    expect(await forgetExpiredLogins(postgres)).toBe(3);
    expect(await postgres.rows('SELECT token_hash FROM gits.sessions')).toEqual([{ token_hash: 'good' }]);
    expect(await postgres.rows('SELECT used_at FROM gits.login_links')).toEqual([{ used_at: null }]);
  });

  describe('gits login-link', () => {
    async function run(variables: NodeJS.ProcessEnv): Promise<{ code: number; out: string; err: string }> {
      const { log, error } = console;
      let out = '';
      let err = '';
      console.log = (text: string) => (out += `${text}\n`);
      console.error = (text: string) => (err += `${text}\n`);
      try {
        return { code: await loginLink(Environment.read(variables)), out, err };
      } finally {
        Object.assign(console, { log, error });
      }
    }

    it('prints a new link at the address of the web server that runs', async () => {
      const app = await start({ GITS_ADMIN_PASSWORD: 'a good password' });
      await postgres.query(
        `INSERT INTO gits.processes (id, role, host, pid, health_url, seen_at) VALUES
           ('gone', 'api', 'h', 1, 'http://gone:1', now() - interval '1 hour'),
           ('other', 'worker', 'h', 2, 'http://worker:2', now()),
           ('web', 'api,worker', 'h', 3, '${BASE_URL}', now())`,
      );
      const { code, out } = await run({ DATABASE_URL: database.url });
      expect(code).toBe(0);
      const [, path = ''] = /^Log in once as admin: http:\/\/127\.0\.0\.1:8123(\S+)/.exec(out) ?? [];
      expect((await call(app, { method: 'GET', url: path })).statusCode).toBe(303);
    });

    it('says when no web server runs, and where the link will work', async () => {
      await start();
      const { code, out, err } = await run({ DATABASE_URL: database.url });
      expect(code).toBe(0);
      expect(err).toMatch(/No web server runs/);
      expect(out).toContain('http://127.0.0.1:8000/login/link?token=');
    });

    it('ends with code 3 when the address cannot be known', async () => {
      await start();
      const { code, out } = await run({ DATABASE_URL: database.url, GITS_PORT: '0' });
      expect([code, out]).toEqual([3, '']);
    });

    it('ends with code 1 when there is no admin yet', async () => {
      const { code, err } = await run({ DATABASE_URL: database.url });
      expect(code).toBe(1);
      expect(err).toMatch(/no user admin yet/);
    });

    it('ends with code 3 when no database runs', async () => {
      const absent = await run({ GITS_DATA_DIR: '/nonexistent/gits' });
      expect(absent.code).toBe(3);
      expect(absent.err).toMatch(/No database runs in \/nonexistent\/gits/);
      const refused = await run({ DATABASE_URL: 'postgresql://gits@127.0.0.1:1/gits' });
      expect(refused.code).toBe(3);
      expect(refused.err).toMatch(/DATABASE_URL does not answer: .*ECONNREFUSED/);
      const wrong = await run({ DATABASE_URL: database.url.replace(/\/gits$/, '/no_such_database') });
      expect(wrong.code).toBe(3);
      expect(wrong.err).toMatch(/no_such_database/);
    });

    it('ends with code 3 when the database lacks migrations', async () => {
      const { code, err } = await run({ DATABASE_URL: database.url.replace(/\/gits$/, '/postgres') });
      expect(code).toBe(3);
      expect(err).toMatch(/lacks migrations/);
    });
  });
});
