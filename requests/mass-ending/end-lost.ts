import { isBefore, type MassEnding } from '../../core/mass-ending.ts';
import type { Ledger, Via } from '../../ledger/index.ts';
import { isLostInScope, type LostAccess } from '../lost-access.ts';

/**
 * Ends what of the lost access a mass ending must still end: without a lock, nothing that was requested after it. The sweeper then ends the
 * leases. When one cannot be ended, the others are, and then it throws.
 */
export async function endLost(
  ledger: Pick<Ledger, 'endLostRequest'>,
  lost: readonly LostAccess[],
  { massEnding: { id, scope, by, lock }, via }: Readonly<{ massEnding: MassEnding; via: Via }>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const each of lost)
    if (isLostInScope(scope, each) && (lock !== undefined || isBefore(each.request, id)))
      await ledger
        .endLostRequest({ id, by }, { request: each.request, via })
        .catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw errors[0];
}
