import { Fault } from '../../core/faults.ts';
import { closeOnReplicas } from './close-on-replicas.ts';
import type { Db } from './connection.ts';
import type { Database } from './databases.ts';
import { disableLogin, type Memberships } from './disable-login.ts';
import { assertNoRole, type LeaseAt } from './no-role.ts';
import { findOwnRole, isOpen, lockLease, type LeaseRole } from './roles.ts';

/**
 * The role as it was before the call, without login, privileges and sessions now, or undefined when the lease has no role.
 * `wasOpen` says whether it could log in or had privileges before. `sessions` is how many were terminated. `standbys` is how
 * many servers follow the named replicas.
 */
export type ClosedAccess = Readonly<{
  role: LeaseRole | undefined;
  wasOpen: boolean;
  sessions: number;
  standbys: number;
}>;

/**
 * Ends the access: no login, no membership, no session on the primary and on each named replica. It reads that back on each
 * of them, and throws when something of it is not so. What the person created is not touched. With the credential of the reaper,
 * the memberships stay until the role is dropped.
 */
export async function closeAccess(
  db: Db,
  { address, replicas = [] }: Database,
  { lease, server }: LeaseAt,
  { signal, memberships }: Readonly<{ signal: AbortSignal; memberships: Memberships }>,
): Promise<ClosedAccess> {
  await lockLease(db, lease);
  const role = await findOwnRole(db, lease);
  if (!role) {
    await assertNoRole(db, { lease, server });
    return { role, wasOpen: false, ...(await closeOnReplicas(replicas, { lease }, signal)) };
  }
  const here = await disableLogin(db, address, role, { signal, memberships });
  const disabled = await findOwnRole(db, lease);
  if (disabled?.canLogin) throw new Fault('not-verified', `postgres: the role ${role.name} may still log in`);
  const there = await closeOnReplicas(replicas, { lease, disabled }, signal);
  return { role, wasOpen: isOpen(role), sessions: here + there.sessions, standbys: there.standbys };
}
