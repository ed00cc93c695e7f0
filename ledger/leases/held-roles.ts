import { CURFEW, curfewRoleOf, type HeldRole } from '../../core/curfew-role.ts';
import type { LeaseId, PersonId, RequestId } from '../../core/ids.ts';
import type { RequestedTarget } from '../../core/target.ts';
import { standingsOf } from './lease-rows.ts';
import { type Db, toInstant } from '../pool.ts';

/**
 * Everybody who has a role of Curfew by a live lease. The rows only say where to look: the state and the end are those of the events, so that
 * nobody who writes a row gets a role for it (T24). A lease counts from its event `granted` to its end by the clock of the ledger.
 */
export async function heldRoles(db: Db): Promise<readonly HeldRole[]> {
  const { rows } = await db.query<{
    lease: LeaseId;
    request: RequestId;
    requester: PersonId;
    target: RequestedTarget;
    now: Date;
  }>(
    `select l.id as lease, r.id as request, r.requester, r.targets -> l.position as target, ledger_now() as now
       from lease l join request r on r.id = l.request_id
      where l.next_try_at is not null and l.provider = $1 and l.state = 'granted'
      order by l.id`,
    [CURFEW],
  );
  const held: HeldRole[] = [];
  for (const { lease, request, requester: person, target, now } of rows) {
    const role = curfewRoleOf(target);
    const standing = (await standingsOf(db, request)).get(lease);
    if (role && standing?.state === 'granted' && standing.endsAt > toInstant(now))
      held.push({ person, role, lease, request, until: standing.endsAt });
  }
  return held;
}
