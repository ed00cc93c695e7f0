import { Fault } from '../../core/faults.ts';
import type { Intent, Receipt } from '../provider.ts';
import { changesByHand } from './by-hand.ts';
import { inTransaction, type Db } from './connection.ts';
import { grantableRole } from './entitlement-role.ts';
import { type Mark, markLiteral } from './mark.ts';
import { quoted, roleName, timestampLiteral } from './names.ts';
import { findOwnRole, givesAccess, lockLease, type LeaseRole, type Role } from './roles.ts';
import type { PostgresTarget } from './target.ts';

/**
 * Moves the end of the lease's role. The password stays the same, so no secret is needed. A role that somebody dropped, renamed or
 * changed by hand is left as it is.
 */
export async function moveRoleEnd(
  db: Db,
  { lease, target, endsAt }: Intent<PostgresTarget>,
): Promise<Receipt> {
  const name = roleName(lease);
  await lockLease(db, lease);
  const group = await grantableRole(db, target);
  const role = await findOwnRole(db, lease);
  const why = whyNotMoved(role, { name, group });
  if (!role?.mark || why !== undefined)
    throw new Fault('provider-refused', `postgres: the end was not moved: ${why}`);
  const mark: Mark = { ...role.mark, until: endsAt };
  await inTransaction(db, async () => {
    await db.query(`alter role ${quoted(name)} valid until ${timestampLiteral(endsAt)}`);
    await db.query(`comment on role ${quoted(name)} is ${markLiteral(mark)}`);
  });
  const after = await findOwnRole(db, lease);
  if (!after || !givesAccess(after, group) || after.validUntil !== endsAt)
    throw new Fault('not-verified', `postgres: the role ${name} does not read back as it was written`);
  return {
    level: 'present',
    found: 'present',
    seen: `role ${name} (oid ${after.oid}) is a member of ${group.name} until ${new Date(endsAt).toISOString()}`,
    ...(role.validUntil !== endsAt && { moved: true }),
  };
}

/** Why the end stays as it is: what somebody did by hand. Undefined when nobody did anything. */
function whyNotMoved(
  role: LeaseRole | undefined,
  { name, group }: Readonly<{ name: string; group: Role }>,
): string | undefined {
  if (!role) return `somebody dropped the role ${name}`;
  if (role.name !== name) return `somebody renamed the role of this lease to ${role.name}`;
  if (!givesAccess(role, group)) return `somebody took the access from the role ${name}`;
  const changes = changesByHand(role, group);
  return changes.length === 0 ? undefined : `somebody changed the role ${name}: ${changes.join('; ')}`;
}
