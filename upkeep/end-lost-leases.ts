import { messageOf } from '../core/faults.ts';
import type { LeaseId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { endLostLease } from '../requests/end-lost-lease.ts';
import { signedEntryOf } from '../requests/signed-entry.ts';
import type { Attempt, Attempts } from './revoke-due-leases.ts';
import { type Busy, workThrough } from './work-through.ts';

/**
 * Tries to end each lost lease whose end is reached: one that only the manifest knows, because the ledger was restored. It does not
 * wait for a person, also while the ledger is in quarantine. There can be thousands (F31).
 */
export async function endLostLeases(deps: Deps): Promise<Attempts> {
  const attempts: Attempt[] = [];
  const problems: string[] = [];
  if (!deps.manifest) return { attempts, problems };
  await workThrough(
    deps.providers,
    async (busy: Busy<LeaseId>, most) => {
      const lost = await deps.ledger.takeLostLeases(most, { leases: busy.ids, providers: busy.providers });
      return lost.map((line) => {
        const entry = signedEntryOf(deps, line);
        return { id: line.lease, provider: entry.ok ? entry.value.provider : 'unknown', entry };
      });
    },
    async ({ id, entry }) => {
      const signal = AbortSignal.timeout(WAITS.attempt.ms);
      const why = entry.ok
        ? await endLostLease(deps, entry.value, signal).then(() => undefined, messageOf)
        : entry.error;
      attempts.push({ lease: id, why });
    },
  ).catch((error: unknown) => void problems.push(messageOf(error)));
  return { attempts, problems };
}
