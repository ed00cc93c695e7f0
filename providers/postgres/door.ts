import { inTransaction, sqlState, withAnyDb, type Db } from './connection.ts';
import { joinSelf, quoted, type LeaseRole } from './roles.ts';
import { endSessions, terminate } from './sessions.ts';

/** How long a door may take to shut before we look who holds it open. */
const PATIENCE_MS = 1_000;
/** "Tuple concurrently updated." */
const CHANGED_MEANWHILE = 'XX000';
const MOST_TRIES = 5;

type LeaseLogin = Readonly<{ name: string; role: LeaseRole; group: string }>;

/**
 * First the door, then the people inside: the other way round somebody could come in again. Somebody inside may
 * hold a lock that the door needs, for as long as they like; so they are put out while we wait for it, and being
 * first in its queue we have it before anybody who comes in anew. Or they may change the role under our hands: then
 * they are put out, and the door is shut before they are back. Our login then acts with the role's privileges.
 *
 * @returns how many sessions were ended
 */
export async function disableLogin(
  db: Db,
  url: string,
  door: LeaseLogin,
  signal: AbortSignal,
): Promise<number> {
  let ended = 0;
  const put = async () =>
    void (ended += await withAnyDb(url, signal, (other) => terminateSessions(other, door)));
  for (let tries = 1; ; tries += 1) {
    const shutting = alterToNoLogin(db, door);
    while (!(await isDone(shutting))) await put().catch(() => undefined); // what counts is the door
    try {
      await shutting;
      return ended + (await endSessions(db, door.role));
    } catch (error) {
      if (sqlState(error) !== CHANGED_MEANWHILE || tries === MOST_TRIES) throw error;
      await put();
    }
  }
}

const alterToNoLogin = (db: Db, { name, role, group }: LeaseLogin): Promise<void> =>
  inTransaction(db, async () => {
    await db.query(`alter role ${quoted(name)} with nologin password null connection limit 0`);
    if (role.member) await db.query(`revoke ${quoted(group)} from ${quoted(name)}`);
    await joinSelf(db, name);
  });

/** Whether it came to an end, good or bad, while we were patient. */
async function isDone(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, false)));
  const done = work.then(
    () => true,
    () => true,
  );
  return Promise.race([done, patience]).finally(() => clearTimeout(timer));
}

/**
 * Ends the role's sessions and leaves its login; returns how many there were. That takes the role's own privileges,
 * which are ours for this moment only, and seen by nobody else.
 */
export async function terminateSessions(
  db: Db,
  { name, role }: Pick<LeaseLogin, 'name' | 'role'>,
): Promise<number> {
  await db.query('begin');
  try {
    await joinSelf(db, name);
    return await terminate(db, role);
  } finally {
    await db.query('rollback');
  }
}
