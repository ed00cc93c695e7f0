import { isAtMost } from '../../core/findings/classify.ts';
import { compareAccess } from '../../core/findings/compare.ts';
import { withAccessLock } from '../access-lock.ts';
import type { Deps } from '../deps.ts';
import { type LeaseAtProvider, leaseAtProvider, mayHaveAccess } from '../lease-at-provider.ts';
import { revokeAgain } from '../repair.ts';
import type { Look } from './check-access.ts';
import { newFinding } from './new-finding.ts';
import { mayRemove } from './may-remove.ts';
import type { ShownAccess } from './shown-access.ts';

type Seen = Readonly<{ shown: ShownAccess; isLast: boolean; signal: AbortSignal }>;

/**
 * Compares a lease that has its receipt with what was read. What shows again is revoked again and recorded, down to what the prior state
 * and other leases give. After more than a few such revocations at one target a person must decide (B18).
 */
export async function checkRevoked(
  deps: Deps,
  current: LeaseAtProvider,
  { shown, isLast, signal }: Seen,
): Promise<Look> {
  const isUnknown = shown.kind === 'unknown';
  if (!isUnknown && !(await isMore(deps, current, shown))) return { kind: isLast ? 'gone' : 'held' };
  if (!isUnknown && !(await mayRemove(deps, current))) {
    await deps.ledger.recordFindings([leftFinding(current, shown.level)]);
    return { kind: 'left' };
  }
  const isRepaired = await revokeUnderLock(deps, current, signal);
  if (isRepaired) return { kind: 'repaired' };
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

/** Revokes the access of the lease again. Returns whether there was something to revoke. */
export function revokeUnderLock(deps: Deps, current: LeaseAtProvider, signal: AbortSignal): Promise<boolean> {
  const { id } = current.lease;
  return withAccessLock(deps.ledger, current.lease, async (lock) => {
    const lease = await deps.ledger.readLease(id);
    if (lease?.state !== 'revoked') return false;
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    await revokeAgain(deps, leaseAtProvider(deps, lease), under);
    return ((await deps.ledger.readLease(id))?.generation ?? 0) > lease.generation;
  });
}

/** What a lease gave that is over. It can only be revoked (B08). */
const leftFinding = (current: LeaseAtProvider, level: string) => {
  const { lease, provider, target } = current;
  const found = { subject: lease.holding?.subject ?? { id: '', name: '' }, level, sources: [] };
  return {
    ...newFinding(provider, target, found, lease.target.lockKey),
    lease: lease.id,
    whyNoAdopt: LEFT_BY_LEASE,
  };
};

/** Why access that a lease of ours gave is never adopted. */
export const LEFT_BY_LEASE =
  'A request gave this access, and it is over. Nobody approved it as standing access. Revoke it; whoever must keep it gets it again.';
