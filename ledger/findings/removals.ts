import type { RequestId } from '../../core/ids.ts';
import type { Db } from '../pool.ts';
import { lockRequest } from '../request/record.ts';

/** What was revoked at one target within the last hour, or is being revoked, and how many members its last pass found. */
export type Removals = Readonly<{ count: number; members: number }>;

/** What is revoked is decided one after another, so that each decision counts those before it (B18). This is the lock of no request. */
const DECISIONS = 'findings' as RequestId;
export const lockDecisions = (db: Db) => lockRequest(db, DECISIONS);

/** Counts the removals at a target. One of an object with our mark counts at the target of its lease. */
export async function removalsAt(db: Db, provider: string, key: string): Promise<Removals> {
  const { rows } = await db.query<{ count: number; members: number }>(
    `select (select count(*) from finding f
              where f.provider = $1 and coalesce(${TARGET_OF_LEASE}, f.target_key) = $2
                and ((f.state = 'revoked' and f.closed_at > ledger_now() - interval '1 hour')
                  or exists (select from finding_decision d where d.click_id = f.decision and d.kind = 'revoke')))
          + (select count(*) from access_check c join lease l on l.id = c.lease_id join holding h on h.id = l.holding_id
              where c.provider = $1 and c.repaired_at > ledger_now() - interval '1 hour'
                and split_part(h.target_key, E'\\n', 1) = $2) as count,
            coalesce((select max(members) from target_pass where provider = $1 and $2 in (found_key, target_key)), 0) as members`,
    [provider, key],
  );
  return rows[0] ?? { count: 0, members: 0 };
}

/** The same for the target of a finding. */
export async function removalsOfFinding(
  db: Db,
  { id, provider, targetKey }: Readonly<{ id: string; provider: string; targetKey: string }>,
): Promise<Removals> {
  const { rows } = await db.query<{ key: string | null }>(
    `select ${TARGET_OF_LEASE} as key from finding f where f.id = $1`,
    [id],
  );
  return removalsAt(db, provider, rows[0]?.key ?? targetKey);
}

/** The target key of the lease whose mark the finding is about. A holding of an own object has the lease in its key too. */
const TARGET_OF_LEASE = `(select split_part(h.target_key, E'\\n', 1) from lease l join holding h on h.id = l.holding_id
  where l.id = f.lease_id and f.kind = 'mark')`;
