import type { LeaseId } from '../core/ids.ts';
import type { Db } from './pool.ts';

/** A lease whose access at the provider may differ from the ledger. `token` tells this doubt from a later one. */
export type Verification = Readonly<{ lease: LeaseId; token: string }>;

/**
 * Takes up to `most` leases that are to be verified now. Each is due again after 30 seconds, in case that this process
 * does not finish.
 */
export async function takeVerifications(db: Db, most: number): Promise<readonly Verification[]> {
  const { rows } = await db.query<Verification>(
    `update lease set verify_at = ledger_now() + interval '30 seconds'
      where id in (select id from lease where verify_at <= ledger_now()
                   order by verify_at limit $1 for update skip locked)
      returning id as lease, verify_at::text as token`,
    [most],
  );
  return rows;
}

/** The provider shows what the ledger says. A doubt that came meanwhile stays. */
export async function endVerification(db: Db, { lease, token }: Verification): Promise<void> {
  await db.query('update lease set verify_at = null where id = $1 and verify_at = $2::timestamptz', [
    lease,
    token,
  ]);
}

/** The lease is verified in `afterMs` milliseconds, whatever happens to this process until then. */
export async function verifyLater(db: Db, lease: LeaseId, afterMs: number): Promise<void> {
  await db.query(`update lease set verify_at = ledger_now() + $2 * interval '1 millisecond' where id = $1`, [
    lease,
    afterMs,
  ]);
}

/**
 * All leases under a lock are verified in `afterMs` milliseconds: those that have access, and those that were revoked in
 * the last hour. A change that began under the lock may still reach the provider.
 */
export async function verifyLock(db: Db, key: string, afterMs: number): Promise<void> {
  await db.query(
    `update lease set verify_at = ledger_now() + $2 * interval '1 millisecond'
      where lock_key = $1 and holding_id is not null
        and (state <> 'revoked' or changed_at > ledger_now() - interval '1 hour')`,
    [key, afterMs],
  );
}
