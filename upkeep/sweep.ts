import type { LeaseId, RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { failStuckGrants, lapseOverdueRequests } from './close-requests.ts';
import { revokeDueLeases } from './revoke-due-leases.ts';

/** What one pass of the sweeper did. */
export type SweepResult = Readonly<{
  lapsed: readonly RequestId[];
  failed: readonly RequestId[];
  revoked: readonly LeaseId[];
  /** Leases that are still not revoked, with the reason. Each is tried again within a minute. */
  failedRevocations: readonly Readonly<{ lease: LeaseId; why: string }>[];
}>;

/**
 * One pass of the sweeper: ends what the ledger says is due and nobody ended. It needs the ledger and the providers,
 * not Temporal. Whatever happened to a workflow, the revocation and its record are the same.
 */
export async function sweep(deps: Deps): Promise<SweepResult> {
  const attempts = await revokeDueLeases(deps);
  const lapsed = await lapseOverdueRequests(deps);
  const failed = await failStuckGrants(deps);
  return {
    lapsed,
    failed,
    revoked: attempts.flatMap(({ lease, why }) => (why === undefined ? [lease] : [])),
    failedRevocations: attempts.flatMap(({ lease, why }) => (why === undefined ? [] : [{ lease, why }])),
  };
}
