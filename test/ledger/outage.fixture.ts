import { asAdmin } from './database.fixture.ts';

/**
 * Makes one database unavailable, as if its server were down: every session ends, and no session can be opened.
 * Returns a function that makes the database available again.
 */
export async function blockDatabase(url: string): Promise<() => Promise<void>> {
  const name = new URL(url).pathname.slice(1);
  const allowConnections = (allowed: boolean) =>
    asAdmin(async (admin) => void (await admin.query(`alter database ${name} allow_connections ${allowed}`)));
  await allowConnections(false);
  await endSessions(url);
  return () => allowConnections(true);
}

/** Ends every session of a database, as a restart of its server does. */
export const endSessions = (url: string): Promise<void> =>
  asAdmin(async (admin) => {
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      new URL(url).pathname.slice(1),
    ]);
  });
