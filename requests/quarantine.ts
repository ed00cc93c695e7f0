import { Fault } from '../core/faults.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { Ledger } from '../ledger/index.ts';

/** What a person is told who wants access while the ledger is in quarantine. */
export const QUARANTINE_REFUSAL: Refusal = { code: 'quarantine' };

/**
 * Throws while the ledger is in quarantine, because it was restored and nobody has seen yet what it lost (I25). Call it before
 * anything is granted or extended, and before many accesses are revoked at once. Ends that are due never ask.
 */
export async function assertNoQuarantine(ledger: Pick<Ledger, 'isQuarantined'>): Promise<void> {
  if (await ledger.isQuarantined())
    throw new Fault(
      'quarantine',
      'the ledger was restored from an older state; "curfew quarantine" shows what it lost',
    );
}
