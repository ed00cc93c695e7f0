import type { Address } from './address.ts';
import { inTransaction, withDbOrFallback, type Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { quoted } from './names.ts';
import { grantToSelf, membershipsOf, type Role } from './roles.ts';
import { terminateAll, terminateVisible } from './sessions.ts';

/** How long `alter role ... nologin` may wait for a lock before the role's sessions are terminated. */
const WAIT_FOR_LOCK_MS = 1_000;
/** SQLSTATE of "tuple concurrently updated". */
const TUPLE_CONCURRENTLY_UPDATED = 'XX000';
const MAX_TRIES = 5;

/**
 * Disables the role's login first, and then terminates its sessions. In the other order, the person could log in
 * again in between. A session of the role may hold a lock that `alter role` needs, for any length of time. So the
 * sessions are terminated while the statement waits, and the statement is first in the lock's queue, before
 * any new session. A session may also change the role at the same moment. Then the sessions are terminated and the
 * statement is retried. Afterwards Curfew's own login has the role's privileges.
 *
 * @returns how many sessions were terminated
 */
export async function disableLogin(
  db: Db,
  address: Address,
  role: Role,
  signal: AbortSignal,
): Promise<number> {
  let terminated = 0;
  const terminateOpenSessions = async () =>
    void (terminated += await withDbOrFallback(address, signal, (other) => terminateSessions(other, role)));
  for (let tries = 1; ; tries += 1) {
    const disabling = alterToNoLogin(db, role);
    // An error while terminating is ignored here, because only the result of `disabling` matters.
    while (!(await settlesInTime(disabling))) await terminateOpenSessions().catch(() => undefined);
    try {
      await disabling;
      return terminated + (await terminateAll(db, role));
    } catch (error) {
      if (sqlState(error) !== TUPLE_CONCURRENTLY_UPDATED || tries === MAX_TRIES) throw error;
      await terminateOpenSessions();
    }
  }
}

/** The entitlement's role may have another name now, so every membership is revoked. */
const alterToNoLogin = (db: Db, role: Role): Promise<void> =>
  inTransaction(db, async () => {
    await db.query(`alter role ${quoted(role.name)} with nologin password null connection limit 0`);
    for (const group of await membershipsOf(db, role))
      await db.query(`revoke ${quoted(group)} from ${quoted(role.name)}`);
    await grantToSelf(db, role.name);
  });

/** True when the work succeeds or fails within `WAIT_FOR_LOCK_MS`. */
async function settlesInTime(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(resolve, WAIT_FOR_LOCK_MS, false)));
  const settled = work.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, timeout]).finally(() => clearTimeout(timer));
}

/**
 * Terminates the role's sessions and leaves its login. Returns how many there were. This needs the role's own
 * privileges. Curfew's login has them only inside this transaction, which is rolled back.
 */
export async function terminateSessions(db: Db, role: Role): Promise<number> {
  await db.query('begin');
  try {
    await grantToSelf(db, role.name);
    return await terminateVisible(db, role);
  } finally {
    await db.query('rollback');
  }
}
