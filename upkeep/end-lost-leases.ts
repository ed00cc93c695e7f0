import { messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { endLostLease } from '../requests/end-lost-lease.ts';
import type { Attempts } from './revoke-due-leases.ts';

/**
 * Tries to end each lost lease whose end is reached: one that only the manifest knows, because the ledger was restored. It does not
 * wait for a person, also while the ledger is in quarantine.
 */
export async function endLostLeases(deps: Deps): Promise<Attempts> {
  if (!deps.manifest) return { attempts: [], problems: [] };
  const now = await deps.ledger.now();
  const due = (await deps.ledger.lostLeases()).filter(({ endsAt }) => endsAt <= now);
  const attempts = due.map(async (line) => {
    const signal = AbortSignal.timeout(WAITS.attempt.ms);
    const why = await endLostLease(deps, line, signal).then(() => undefined, messageOf);
    return { lease: line.lease, why };
  });
  return { attempts: await Promise.all(attempts), problems: [] };
}
