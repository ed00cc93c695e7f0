import { messageOf } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { verifyLease } from '../requests/verify-lease.ts';

const BATCH = 50;

/** Verifies the leases whose access may differ from the ledger. Returns those that could not be verified yet. */
export async function verifyDoubtfulLeases(
  deps: Deps,
): Promise<readonly Readonly<{ lease: LeaseId; why: string }>[]> {
  const found = await deps.ledger.takeVerifications(BATCH);
  const failures = await Promise.all(
    found.map(async (verification) => {
      const { lease } = verification;
      try {
        await verifyLease(deps, lease, AbortSignal.timeout(WAITS.attempt.ms));
        await deps.ledger.endVerification(verification);
        return [];
      } catch (error) {
        return [{ lease, why: messageOf(error) }];
      }
    }),
  );
  return failures.flat();
}
