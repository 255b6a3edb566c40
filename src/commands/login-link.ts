import { ADMIN } from '../access/first-admin.js';
import { loginLinkText } from '../access/login-link.js';
import { LoginLinksRepository } from '../access/login-links.repository.js';
import { UsersRepository } from '../access/users.repository.js';
import type { Environment } from '../config/environment.js';
import { databaseUrlOf } from '../platform/postgres/database-url.js';
import { Postgres, isConnectionError } from '../platform/postgres/postgres.js';
import { GONE_AFTER_SECONDS } from '../platform/telemetry/process-registry.js';
import { EXIT } from '../roles/exit-codes.js';

/** `gits login-link`: makes a one-time login link of user `admin` and prints it. Returns the exit code. */
export async function loginLink(environment: Environment): Promise<number> {
  const url = await databaseUrlOf(environment);
  if (url === null) {
    console.error(`No database runs in ${environment.dataDir}. Run \`gits start\` first, or set DATABASE_URL.`);
    return EXIT.unreachable;
  }
  const postgres = new Postgres(url, 'gits login-link', 1);
  try {
    return await makeLink(environment, postgres);
  } catch (error) {
    const reason = explain(error);
    if (reason === null) throw error;
    const which = environment.databaseUrl === '' ? `The database of ${environment.dataDir}` : 'DATABASE_URL';
    console.error(`${which} ${reason}`);
    return EXIT.unreachable;
  } finally {
    await postgres.onApplicationShutdown();
  }
}

async function makeLink(environment: Environment, postgres: Postgres): Promise<number> {
  const admin = await new UsersRepository(postgres).findByUsername(ADMIN);
  if (admin === null) {
    console.error(`There is no user ${ADMIN} yet: the first start of the web server (\`gits start\`) makes it.`);
    return EXIT.failure;
  }
  const running = await runningServer(postgres);
  const baseUrl = environment.publicUrl || (running ?? configuredUrl(environment));
  if (baseUrl === null) {
    console.error('No web server runs, and with GITS_PORT 0 its address is not known. Start it first (`gits start`).');
    return EXIT.unreachable;
  }
  if (running === null) console.error('No web server runs: the link works once it is started (`gits start`).');
  const link = await new LoginLinksRepository(postgres).create(admin.id, environment.loginLinkMinutes);
  console.log(loginLinkText(ADMIN, baseUrl, link));
  return EXIT.ok;
}

/** Where the web server will be; null when it will choose a port. */
function configuredUrl({ host, port }: Environment): string | null {
  return port === 0 ? null : `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
}

/** Address of the web server that was seen last. */
async function runningServer(postgres: Postgres): Promise<string | null> {
  const [row] = await postgres.rows<{ url: string }>(
    `SELECT health_url AS url FROM gits.processes
     WHERE 'api' = ANY (string_to_array(role, ',')) AND seen_at > now() - make_interval(secs => $1)
     ORDER BY seen_at DESC LIMIT 1`,
    [GONE_AFTER_SECONDS],
  );
  return row?.url ?? null;
}

/** What is wrong with the database, if it is that. */
function explain(error: unknown): string | null {
  const { code, message } = error as { code?: string; message: string };
  // SQLSTATE: 28 wrong user or password, 3D no such database, 3F and 42P01 no such schema or table.
  if (code !== undefined && /^(3F|42P01)/.test(code)) return 'lacks migrations. Run `gits migrate`.';
  if (isConnectionError(error) || (code !== undefined && /^(28|3D|E[A-Z]+$)/.test(code))) {
    return `does not answer: ${message || code}. Is it running?`;
  }
  return null;
}
