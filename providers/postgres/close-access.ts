import { Fault } from '../../core/faults.ts';
import type { Intent } from '../provider.ts';
import type { Db } from './connection.ts';
import type { Database } from './databases.ts';
import { disableLogin } from './disable-login.ts';
import { findOwnRole, isOpen, lockLease, type LeaseRole } from './roles.ts';
import { terminateOnReplicas } from './replicas.ts';
import type { PostgresTarget } from './target.ts';

/**
 * The role as it was before the call, without login, privileges and sessions now, or undefined when the lease has no role.
 * `wasOpen` says whether it could log in or had privileges before. `sessions` is how many were terminated.
 */
export type Closed = Readonly<{ role: LeaseRole | undefined; wasOpen: boolean; sessions: number }>;

/**
 * Ends the access: no login, no membership, no session on the primary and on each named replica. It reads that back on the
 * primary, and throws when something of it is not so. What the person created is not touched.
 */
export async function closeAccess(
  db: Db,
  { address, replicas = [] }: Database,
  { lease }: Intent<PostgresTarget>,
  signal: AbortSignal,
): Promise<Closed> {
  await lockLease(db, lease);
  const role = await findOwnRole(db, lease);
  if (!role) {
    await assertNoSessionWithoutRole(db);
    return { role, wasOpen: false, sessions: 0 };
  }
  const here = await disableLogin(db, address, role, signal);
  const disabled = await findOwnRole(db, lease);
  if (disabled?.canLogin) throw new Fault('not-verified', `postgres: the role ${role.name} may still log in`);
  const elsewhere = await terminateOnReplicas(db, replicas, role, signal);
  return { role, wasOpen: isOpen(role), sessions: here + elsewhere };
}

/**
 * Postgres drops a role although its sessions are open. Before version 16, such a session keeps the privileges of a role to
 * which it had changed with SET ROLE. The lease's role may be the one that was dropped, so there is no receipt. Later
 * versions do not let a lease change to another role, and its session has only what everybody has.
 */
async function assertNoSessionWithoutRole(db: Db): Promise<void> {
  const { rows } = await db.query<{ pid: number }>(
    `select pid from pg_stat_activity a
      where a.usesysid is not null and not exists (select from pg_roles r where r.oid = a.usesysid)
        and current_setting('server_version_num')::int < 160000 order by pid`,
  );
  if (rows.length === 0) return;
  const pids = rows.map(({ pid }) => pid).join(', ');
  throw new Fault(
    'not-verified',
    `postgres: somebody dropped a role whose sessions are still open (process ${pids}), and they may be of this lease. A superuser has to end them: select pg_terminate_backend(${rows[0]?.pid})`,
  );
}
