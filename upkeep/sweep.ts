import type { LeaseId, RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { endAccessOfLeavers } from './end-access-of-leavers.ts';
import { failStuckGrants, judgeForgottenRequests, lapseOverdueRequests } from './close-requests.ts';
import { verifyDoubtfulLeases } from './verify-leases.ts';
import { revokeDueLeases } from './revoke-due-leases.ts';

/** What one pass of the sweeper did. */
export type SweepResult = Readonly<{
  judged: readonly RequestId[];
  /** Requests that are over because their requester left. */
  left: readonly RequestId[];
  lapsed: readonly RequestId[];
  failed: readonly RequestId[];
  revoked: readonly LeaseId[];
  /** Leases that are still not verified, with the reason. Each is tried again within a minute. */
  unverified: readonly Readonly<{ lease: LeaseId; why: string }>[];
  /** Leases that are still not revoked, with the reason. Each is tried again within a minute. */
  failedRevocations: readonly Readonly<{ lease: LeaseId; why: string }>[];
}>;

/**
 * One pass of the sweeper: ends what the ledger says is due and nobody ended. It needs the ledger and the providers,
 * not Temporal. Whatever happened to a workflow, the revocation and its record are the same.
 */
export async function sweep(deps: Deps): Promise<SweepResult> {
  const attempts = await revokeDueLeases(deps);
  const unverified = await verifyDoubtfulLeases(deps);
  const lapsed = await lapseOverdueRequests(deps);
  const failed = await failStuckGrants(deps);
  const left = await endAccessOfLeavers(deps);
  const judged = await judgeForgottenRequests(deps);
  return {
    judged,
    left,
    lapsed,
    failed,
    revoked: attempts.flatMap(({ lease, why }) => (why === undefined ? [lease] : [])),
    unverified,
    failedRevocations: attempts.flatMap(({ lease, why }) => (why === undefined ? [] : [{ lease, why }])),
  };
}
