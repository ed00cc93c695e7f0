import { asAdmin } from './database.fixture.ts';

/**
 * Takes one database away, as if its server were down: every session ends and none can be opened. Returns how
 * to bring it back.
 */
export async function takeAwayDatabase(url: string): Promise<() => Promise<void>> {
  const name = new URL(url).pathname.slice(1);
  const allow = (yes: boolean) =>
    asAdmin(async (admin) => void (await admin.query(`alter database ${name} allow_connections ${yes}`)));
  await allow(false);
  await endSessions(url);
  return () => allow(true);
}

/** Ends every session of a database, as a restart of its server does. */
export const endSessions = (url: string): Promise<void> =>
  asAdmin(async (admin) => {
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      new URL(url).pathname.slice(1),
    ]);
  });
