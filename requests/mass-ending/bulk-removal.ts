import type { EndScope } from '../../core/mass-ending.ts';
import type { Ledger } from '../../ledger/index.ts';

/**
 * Why everything of this scope may not be ended at once now; undefined while it may. Every mass ending asks this first. While the ledger
 * is in quarantine, nobody knows yet whether what it says is still so (I25). The access of one person is no bulk: a stolen laptop
 * does not wait until somebody has seen the plan.
 */
export async function whyNoBulkRemoval(
  ledger: Pick<Ledger, 'isQuarantined'>,
  scope: EndScope,
): Promise<string | undefined> {
  if (scope.kind === 'person' || !(await ledger.isQuarantined())) return undefined;
  return 'the ledger was restored from an older state, and nobody has seen yet what it lost. Run “curfew quarantine” first. Until then, end the access of one person at a time';
}
