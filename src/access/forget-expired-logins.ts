import type { Queryable } from '../platform/postgres/postgres.js';

/** Deletes sessions that are over and login links that no longer work; returns how many. */
export async function forgetExpiredLogins(queryable: Queryable): Promise<number> {
  const sessions = await queryable.query('DELETE FROM gits.sessions WHERE expires_at < now()');
  const links = await queryable.query('DELETE FROM gits.login_links WHERE expires_at < now() OR used_at IS NOT NULL');
  return (sessions.rowCount ?? 0) + (links.rowCount ?? 0);
}
