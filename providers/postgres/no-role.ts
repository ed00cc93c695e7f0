import { Fault } from '../../core/faults.ts';
import type { LeaseId } from '../../core/ids.ts';
import type { Db } from './connection.ts';
import { assertNoSessionWithoutRole } from './dropped-roles.ts';
import { quoted } from './names.ts';
import { findRole, isOpen } from './roles.ts';
import { serverId } from './server-id.ts';

/** A lease, and the number of the server where it was granted, where that is known. */
export type LeaseAt = Readonly<{ lease: LeaseId; server?: string | undefined }>;

/**
 * That no role carries the mark of a lease proves something only at the server where the lease was granted, and only while
 * no role without a mark has the lease's name: somebody may have written another comment. Throws `not-verified` otherwise,
 * and while a session runs as a role that was dropped. A role with the mark of another lease belongs to that one.
 */
export async function assertNoRole(db: Db, { lease, server: expected }: LeaseAt): Promise<void> {
  const other = await findRole(db, lease);
  if (other && !other.mark && isOpen(other))
    throw new Fault(
      'not-verified',
      `postgres: the role ${other.name} has the name of this lease and no mark of Curfew, because somebody changed its comment or created it. It ${other.canLogin ? 'may log in' : 'is a member of other roles'}. Write the comment of the lease again (comment on role ${quoted(other.name)} is '{"curfew":1,"lease":"${lease}","database":""}'), or drop the role`,
    );
  const server = expected === undefined ? undefined : await serverId(db);
  if (server !== expected && server !== undefined)
    throw new Fault(
      'not-verified',
      `postgres: the server at this address (${server}) is not the one of the lease (${expected}), where the login may still work. Put the address of that server into CURFEW_POSTGRES_TARGETS until the lease is revoked`,
    );
  await assertNoSessionWithoutRole(db);
}
