import { messageOf } from '../../core/faults.ts';
import type { Receipt } from '../provider.ts';
import { closeAccess } from './close-access.ts';
import { inTransaction, type Db } from './connection.ts';
import type { Database } from './databases.ts';
import type { Memberships } from './disable-login.ts';
import { sqlState } from './faults.ts';
import { assertLoginRefused } from './login.ts';
import { quoted, roleName } from './names.ts';
import type { LeaseAt } from './no-role.ts';
import { findOwnRole, lockLease, oidOf, type LeaseRole, type Role } from './roles.ts';
import { waitForStandbys } from './wait-for-standbys.ts';

/** `onlyAfterEnd`: nothing is changed while the end that the role has now is not reached by the server's clock. */
type How = Readonly<{ memberships: Memberships; onlyAfterEnd: boolean; signal: AbortSignal }>;

/**
 * Ends a lease with nothing but its role: disables the login, terminates the sessions, and drops the role. A role that owns
 * something cannot be dropped. It stays without login and session, and the revocation of the sweeper tidies up.
 */
export async function endLease(
  db: Db,
  database: Database,
  { lease, server }: LeaseAt,
  { memberships, onlyAfterEnd, signal }: How,
): Promise<Receipt> {
  if (onlyAfterEnd) {
    await lockLease(db, lease);
    const role = await findOwnRole(db, lease);
    if (role && !(await hasEnded(db, role))) return notEnded(role);
  }
  const closed = await closeAccess(db, database, { lease, server }, { signal, memberships });
  const { role, wasOpen, sessions } = closed;
  const user = role?.name ?? roleName(lease);
  const proof = await assertLoginRefused(database.address, { user }, signal);
  const untidied = role && (await dropRole(db, role, memberships));
  const unknown = await waitForStandbys(db);
  return {
    level: 'none',
    found: wasOpen ? 'present' : 'none',
    seen: `${role && untidied !== undefined ? `role ${user} cannot log in` : `no role ${user}`}; ${sessions} sessions were terminated; ${proof}`,
    ...(unknown !== undefined && { note: unknown }),
    ...(role?.canLogin && { lowered: true }),
    ...(untidied !== undefined && { untidied }),
  };
}

/** By the clock of the server, because that is the one that `VALID UNTIL` is compared with. A role without an end has not ended. */
async function hasEnded(db: Db, { oid }: Role): Promise<boolean> {
  const { rows } = await db.query<{ ended: boolean | null }>(
    'select rolvaliduntil <= clock_timestamp() as ended from pg_roles where oid = $1::oid',
    [oid],
  );
  return rows[0]?.ended ?? false;
}

const notEnded = ({ name, validUntil }: LeaseRole): Receipt => ({
  level: 'present',
  found: 'present',
  seen: `the end of the role ${name} is not reached by the clock of the server${validUntil === null ? ', because it has none' : ''}`,
});

const NO_SUCH_OBJECT = '42704';

/** Undefined when the role is gone, and otherwise what is left to be done. The access is closed in both cases. */
async function dropRole(db: Db, { name }: Role, memberships: Memberships): Promise<string | undefined> {
  try {
    await inTransaction(db, async () => {
      await db.query(`set local lock_timeout = '500ms'`);
      await db.query(`drop role ${quoted(name)}`);
    });
    return undefined;
  } catch (error) {
    // Another attempt has dropped the role.
    if (sqlState(error) === NO_SUCH_OBJECT && (await oidOf(db, name)) === undefined) return undefined;
    // The reaper became a member to terminate the sessions. It must not keep the privileges of the lease.
    if (memberships === 'leave') await db.query(`revoke ${quoted(name)} from current_user`);
    return `The role ${name} is kept without login until a revocation of Curfew tidies up (${messageOf(error)}).`;
  }
}
