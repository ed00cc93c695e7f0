import { Fault } from '../../core/faults.ts';
import type { Address } from './address.ts';
import { inTransaction, withDbOrFallback, type Db } from './connection.ts';
import { sqlState } from './faults.ts';
import { quoted, shortList } from './names.ts';
import { grantToSelf, membershipsOf, type Role } from './roles.ts';
import { terminateAll, terminateSessions } from './sessions.ts';

/** How long a statement may wait for a lock before the role's sessions are terminated. */
const WAIT_FOR_LOCK_MS = 1_000;
/** SQLSTATE of "tuple concurrently updated". */
const TUPLE_CONCURRENTLY_UPDATED = 'XX000';
const MAX_TRIES = 5;

/**
 * How long a statement may wait for a lock of somebody else. After that, Curfew ends the rest of the access, and the fault names
 * what is left. Sessions of the role itself are terminated earlier, after `WAIT_FOR_LOCK_MS`.
 */
const LOCK_TIMEOUT = `set local lock_timeout = '3s'`;
/** SQLSTATE of a lock timeout and of a statement timeout. */
const LOCKED = ['55P03', '57014'];

/**
 * What happens to the memberships of the lease's role. Only who may grant the entitlement's role can revoke one, so the reaper leaves
 * them, and drops the role.
 */
export type Memberships = 'revoke' | 'leave';

/**
 * Disables the role's login first, then revokes its memberships, and then terminates its sessions. In another order, the
 * person could log in again in between. A session of the role may hold a lock that `alter role` needs, for any length of time.
 * So the sessions are terminated while the statement waits, and the statement is first in the lock's queue, before
 * any new session. A session may also change the role at the same moment. Then the sessions are terminated and the
 * statement is retried. Afterwards Curfew's own login has the role's privileges.
 *
 * Somebody else, such as a prepared transaction, may hold a lock on one of the two. Then the other is done, the sessions are
 * terminated, and the fault says what is left and which transactions are prepared.
 *
 * @returns how many sessions were terminated
 */
export async function disableLogin(
  db: Db,
  address: Address,
  role: Role,
  signal: AbortSignal,
  memberships: Memberships = 'revoke',
): Promise<number> {
  let terminated = 0;
  const terminateOpenSessions = async () =>
    void (terminated += await withDbOrFallback(address, signal, (other) => terminateSessions(other, role)));
  const left: string[] = [];
  const tried = async (what: string, work: () => Promise<void>) => {
    if (!(await isDone(() => inTransaction(db, work), terminateOpenSessions))) left.push(what);
  };
  await tried(`the login of ${role.name} could not be disabled`, () => alterToNoLogin(db, role));
  if (memberships === 'revoke')
    await tried(`a membership of ${role.name} could not be revoked`, () => revokeMemberships(db, role));
  else await tried(`the sessions of ${role.name} could not be terminated`, () => becomeMember(db, role));
  // When revokeMemberships failed, its rollback also undid the grant of the role to Curfew's login.
  if (left.length > 0) await grantToSelf(db, role.name);
  terminated += await terminateAll(db, role);
  if (left.length === 0) return terminated;
  throw new Fault(
    'provider-unavailable',
    `postgres: ${left.join(' and ')}, because somebody else holds a lock. Its sessions were terminated${await preparedAnywhere(db)}`,
  );
}

/** False when somebody else holds a lock. `terminateOpenSessions` ends those of the role, which may be in the way. */
async function isDone(
  work: () => Promise<void>,
  terminateOpenSessions: () => Promise<void>,
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const doing = work();
    // An error while terminating is ignored here, because only the result of `doing` matters.
    while (!(await settlesInTime(doing))) await terminateOpenSessions().catch(() => undefined);
    try {
      await doing;
      return true;
    } catch (error) {
      const state = sqlState(error) ?? '';
      if (LOCKED.includes(state)) return false;
      if (state !== TUPLE_CONCURRENTLY_UPDATED || tries === MAX_TRIES) throw error;
      await terminateOpenSessions();
    }
  }
}

async function alterToNoLogin(db: Db, role: Role): Promise<void> {
  await db.query(LOCK_TIMEOUT);
  await db.query(`alter role ${quoted(role.name)} with nologin password null connection limit 0`);
}

async function becomeMember(db: Db, role: Role): Promise<void> {
  await db.query(LOCK_TIMEOUT);
  await grantToSelf(db, role.name);
}

/** The entitlement's role may have another name now, so every membership is revoked. */
async function revokeMemberships(db: Db, role: Role): Promise<void> {
  await db.query(LOCK_TIMEOUT);
  for (const group of await membershipsOf(db, role))
    await db.query(`revoke ${quoted(group)} from ${quoted(role.name)}`);
  await grantToSelf(db, role.name);
}

/** The end of a sentence, or nothing when no transaction is prepared. */
async function preparedAnywhere(db: Db): Promise<string> {
  const { rows } = await db.query<{ gid: string; database: string; owner: string }>(
    'select gid, database, owner from pg_prepared_xacts order by 1',
  );
  if (rows.length === 0) return '';
  const list = shortList(rows.map(({ gid, database, owner }) => `${quoted(gid)} of ${owner} in ${database}`));
  return `. These transactions are prepared and may hold the lock: ${list}. A superuser or the owner has to end them (rollback prepared)`;
}

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
