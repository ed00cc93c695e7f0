import { classifyAccess, isAtMost } from '../../core/findings/classify.ts';
import { compareAccess } from '../../core/findings/compare.ts';
import type { Instant } from '../../core/ids.ts';
import type { NewFinding } from '../../ledger/index.ts';
import { withAccessLock } from '../access-lock.ts';
import type { Deps } from '../deps.ts';
import { type LeaseAtProvider, leaseAtProvider, mayHaveAccess } from '../lease-at-provider.ts';
import { revokeAgain } from '../repair.ts';
import type { Look } from './check-access.ts';
import { newFinding } from './new-finding.ts';
import { claimRemoval, mayRemove } from './may-remove.ts';
import type { ShownAccess } from './shown-access.ts';

/** For so long after a receipt and the consistency window of its provider, a late change of Curfew is likelier than one by a person (I5). */
const LATE_CHANGE_MS = 15 * 60_000;

type Seen = Readonly<{ shown: ShownAccess; receiptAt: Instant; isLast: boolean; signal: AbortSignal }>;

/**
 * Compares a lease that has its receipt with what was read. What shows again soon after the receipt, and is at most what the lease gave, is
 * revoked again and recorded, down to what the prior state and other leases give. A person may have given
 * what is higher or shows later, so that is a finding. Above the removal cap of the target a person must decide too (B18).
 */
export async function checkRevoked(
  deps: Deps,
  current: LeaseAtProvider,
  { shown, receiptAt, isLast, signal }: Seen,
): Promise<Look> {
  const { provider, target } = current;
  const isSoon = (await deps.ledger.now()) <= receiptAt + LATE_CHANGE_MS + provider.consistencyWindowMs;
  const mayRevoke = isSoon && (await mayRemove(deps, current));
  if (shown.kind === 'unknown') {
    if (!mayRevoke) return shown;
  } else {
    if (!(await isMore(deps, current, shown))) return { kind: isLast ? 'gone' : 'held' };
    const isOfLease = isAtMost(provider.ladder(target), shown.level, provider.level(target));
    if (!mayRevoke || !isOfLease) {
      await deps.ledger.recordFindings([await findingOf(deps, current, shown.level)]);
      return { kind: 'left' };
    }
  }
  const done = await revokeWithinCap(deps, current, signal);
  if (done === 'repaired') return { kind: 'repaired' };
  if (done === 'over-cap') return { kind: 'soon' };
  // The account cannot be read by its name. The revocation found it by its id, and it has nothing.
  return { kind: isLast ? 'gone' : 'held' };
}

/** True when the account has more than the prior state, the other leases and adopted standing access give. */
async function isMore(
  { ledger }: Deps,
  { lease, provider, target }: LeaseAtProvider,
  { level: found }: Extract<ShownAccess, { kind: 'shown' }>,
): Promise<boolean> {
  const { holding } = lease;
  const ladder = provider.ladder(target);
  const compared = compareAccess(ladder, {
    prior: holding?.prior ?? 'none',
    leases: holding?.others.filter(mayHaveAccess) ?? [],
    found,
  });
  if (compared.kind !== 'more' || !holding) return false;
  const key = provider.targetKey(target);
  const known = await ledger.knownAt(provider.name, { key, settledBefore: await ledger.now() });
  const standing = known.get(holding.subject.id)?.standing;
  return standing === undefined || !isAtMost(ladder, found, standing);
}

/** Revokes the access of the lease again. Returns whether there was something to revoke, and the cap allowed it. */
export const revokeUnderLock = async (
  deps: Deps,
  current: LeaseAtProvider,
  signal: AbortSignal,
): Promise<boolean> => (await revokeWithinCap(deps, current, signal)) === 'repaired';

/** The place under the cap is taken first. A crash leaves it taken for an hour. */
function revokeWithinCap(
  deps: Deps,
  current: LeaseAtProvider,
  signal: AbortSignal,
): Promise<'repaired' | 'nothing' | 'over-cap'> {
  const { ledger } = deps;
  const { id } = current.lease;
  return withAccessLock(ledger, current.lease, async (lock) => {
    const lease = await ledger.readLease(id);
    if (lease?.state !== 'revoked') return 'nothing';
    const claim = await claimRemoval(deps, current);
    if (!claim) return 'over-cap';
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    await revokeAgain(deps, leaseAtProvider(deps, lease), under);
    if (((await ledger.readLease(id))?.generation ?? 0) > lease.generation) return 'repaired';
    await ledger.releaseRemoval(claim);
    return 'nothing';
  });
}

/** What a lease gave that is over can only be revoked (B08). More than that, or the same after it was gone, is not of this lease. */
async function findingOf(deps: Deps, current: LeaseAtProvider, level: string): Promise<NewFinding> {
  const { lease, provider, target } = current;
  const subject = lease.holding?.subject ?? { id: '', name: '' };
  const finding = newFinding(provider, target, { subject, level, sources: [] }, lease.target.lockKey);
  const isLeft = provider.ownObject(target) || (await isLeftByLease(deps, current, level));
  return isLeft ? { ...finding, lease: lease.id, whyNoAdopt: LEFT_BY_LEASE } : finding;
}

/** What a pass through the target would say of the account. */
async function isLeftByLease(
  { ledger }: Deps,
  { lease: { holding }, provider, target }: LeaseAtProvider,
  level: string,
): Promise<boolean> {
  const at = { key: provider.targetKey(target), settledBefore: await ledger.now() };
  const known = holding && (await ledger.knownAt(provider.name, at)).get(holding.subject.id);
  return known !== undefined && classifyAccess(provider.ladder(target), known, level).kind === 'left';
}

/** Why access that a lease of ours gave is never adopted. */
export const LEFT_BY_LEASE =
  'A request gave this access, and it is over. Nobody approved it as standing access. Revoke it; whoever must keep it gets it again.';
