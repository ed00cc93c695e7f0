import { messageOf } from '../core/faults.ts';
import type { LeaseId, RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { type Correction, correctLeases } from './correct-leases.ts';
import { endAccessOfLeavers } from './end-access-of-leavers.ts';
import { endLostLeases } from './end-lost-leases.ts';
import { failStuckGrants, judgeForgottenRequests, lapseOverdueRequests } from './close-requests.ts';
import { keepManifest } from './keep-manifest.ts';
import { type Attempts, revokeDueLeases } from './revoke-due-leases.ts';
import { type Unverified, verifyDoubtfulAccesses } from './verify-accesses.ts';

/** What one pass over the leases did. */
export type Revocations = Readonly<{
  revoked: readonly LeaseId[];
  /** Leases that are still not revoked, with the reason. Each is tried again within a minute. */
  failedRevocations: readonly Readonly<{ lease: LeaseId; why: string }>[];
  /** Why the pass could not look for more. It looks again in the next pass. */
  problems: readonly string[];
}>;

/** What one pass over the requests did. */
export type Upkeep = Readonly<{
  judged: readonly RequestId[];
  /** Requests that are over because their requester left. */
  left: readonly RequestId[];
  lapsed: readonly RequestId[];
  failed: readonly RequestId[];
  /** Leases whose rows were not what their events say. */
  corrected: readonly Correction[];
  /** Accesses that are still not verified, with the reason. Each is tried again within a minute. */
  unverified: readonly Unverified[];
  /** Why a duty of the pass could not be done. It is tried again in the next pass. */
  problems: readonly string[];
}>;

export type SweepResult = Revocations & Upkeep;

/** Revokes every lease that is due and that nobody revoked. It needs the ledger and the providers, not Temporal. */
export async function revokeOverdue(deps: Deps): Promise<Revocations> {
  const [due, lost] = [await revokeDueLeases(deps), await lostLeasesEnded(deps)];
  const attempts = [...due.attempts, ...lost.attempts];
  return {
    problems: [...due.problems, ...lost.problems],
    revoked: attempts.flatMap(({ lease, why }) => (why === undefined ? [lease] : [])),
    failedRevocations: attempts.flatMap(({ lease, why }) => (why === undefined ? [] : [{ lease, why }])),
  };
}

/** What only the manifest knows must not keep the leases of the ledger from their turn. */
const lostLeasesEnded = (deps: Deps): Promise<Attempts> =>
  endLostLeases(deps).catch((error: unknown) => ({ attempts: [], problems: [messageOf(error)] }));

/**
 * Ends, judges and verifies what nobody else did. What it ends is revoked by `revokeOverdue`. A duty that fails keeps no other
 * one from its turn.
 */
export async function runUpkeep(deps: Deps): Promise<Upkeep> {
  const problems: string[] = [];
  const duty = <T>(work: (deps: Deps) => Promise<readonly T[]>): Promise<readonly T[]> =>
    work(deps).catch((error: unknown) => (problems.push(messageOf(error)), []));
  problems.push(...(await duty(keepManifest)));
  return {
    left: await duty(endAccessOfLeavers),
    unverified: await duty(verifyDoubtfulAccesses),
    corrected: await duty(correctLeases),
    lapsed: await duty(lapseOverdueRequests),
    failed: await duty(failStuckGrants),
    judged: await duty(judgeForgottenRequests),
    problems,
  };
}

/** One pass of the sweeper over everything. */
export async function sweep(deps: Deps): Promise<SweepResult> {
  const revocations = await revokeOverdue(deps);
  const upkeep = await runUpkeep(deps);
  return { ...revocations, ...upkeep, problems: [...revocations.problems, ...upkeep.problems] };
}
