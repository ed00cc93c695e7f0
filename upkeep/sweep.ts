import { messageOf } from '../core/faults.ts';
import type { LeaseId, RequestId } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { type Correction, correctLeases } from './correct-leases.ts';
import { endAccessOfLeavers, type LeaversResult } from './end-access-of-leavers.ts';
import { endLostLeases } from './end-lost-leases.ts';
import { endWhatIsLocked } from './end-what-is-locked.ts';
import { failStuckGrants, judgeForgottenRequests, lapseOverdueRequests } from './close-requests.ts';
import { keepManifest } from './keep-manifest.ts';
import { type Attempts, revokeDueLeases } from './revoke-due-leases.ts';
import { type UnverifiedAccess, verifyDoubtfulAccesses } from './verify-accesses.ts';

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
  /** People, and accounts that nobody has, whose access is not ended, because too many seem to have left at once. */
  heldLeavers: readonly string[];
  /** Requests that a mass ending had not ended. */
  massEnded: readonly RequestId[];
  lapsed: readonly RequestId[];
  failed: readonly RequestId[];
  /** Leases whose rows were not what their events say. */
  corrected: readonly Correction[];
  /** Accesses that are still not verified, with the reason. Each is tried again within a minute. */
  unverified: readonly UnverifiedAccess[];
  /** Why a duty of the pass could not be done. It is tried again in the next pass. */
  problems: readonly string[];
}>;

export type SweepResult = Revocations & Upkeep;

/** Revokes every lease that is due and that nobody revoked. It needs the ledger and the providers, not Temporal. */
export const revokeOverdue = async (deps: Deps): Promise<Revocations> =>
  revocationsOf(await revokeDueLeases(deps));

/** Ends every lost lease that is due. It has a pass of its own, so that the leases of the ledger never wait for what only the manifest knows. */
export const revokeLost = async (deps: Deps): Promise<Revocations> =>
  revocationsOf(await endLostLeases(deps));

const revocationsOf = ({ attempts, problems }: Attempts): Revocations => ({
  problems,
  revoked: attempts.flatMap(({ lease, why }) => (why === undefined ? [lease] : [])),
  failedRevocations: attempts.flatMap(({ lease, why }) => (why === undefined ? [] : [{ lease, why }])),
});

/**
 * Ends, judges and verifies what nobody else did. What it ends is revoked by `revokeOverdue`. A duty that fails keeps no other
 * one from its turn.
 */
export async function runUpkeep(deps: Deps): Promise<Upkeep> {
  const problems: string[] = [];
  const duty = <T>(work: (deps: Deps) => Promise<readonly T[]>): Promise<readonly T[]> =>
    work(deps).catch((error: unknown) => (problems.push(messageOf(error)), []));
  problems.push(...(await duty(keepManifest)));
  const massEnded = await duty(endWhatIsLocked);
  const leavers = await endAccessOfLeavers(deps).catch((error: unknown): LeaversResult => {
    problems.push(messageOf(error));
    return { over: [], held: [] };
  });
  return {
    massEnded,
    left: leavers.over,
    heldLeavers: leavers.held,
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
  const [due, lost] = [await revokeOverdue(deps), await revokeLost(deps)];
  const upkeep = await runUpkeep(deps);
  return {
    ...upkeep,
    revoked: [...due.revoked, ...lost.revoked],
    failedRevocations: [...due.failedRevocations, ...lost.failedRevocations],
    problems: [...due.problems, ...lost.problems, ...upkeep.problems],
  };
}
