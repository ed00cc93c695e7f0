import type { Ledger } from '../../ledger/index.ts';

/**
 * Why many accesses may not be removed at once now; undefined while they may. Every mass ending of others asks this first. While the ledger is
 * in quarantine, nobody knows yet whether what it says is still so (I25).
 */
export async function whyNoBulkRemoval(ledger: Pick<Ledger, 'isQuarantined'>): Promise<string | undefined> {
  return (await ledger.isQuarantined())
    ? 'the ledger was restored from an older state, and nobody has ended its quarantine yet; “curfew quarantine” shows what it lost'
    : undefined;
}
