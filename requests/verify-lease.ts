import { desiredLevel } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import { lockKeyOf } from '../core/target.ts';
import type { Deps } from './deps.ts';
import {
  type LeaseAtProvider,
  leaseAtProvider,
  remainingIntent,
  type UnderLock,
} from './lease-at-provider.ts';
import { recordRepair, revokeAgain } from './repair.ts';

/**
 * Makes the provider show what the ledger says of a lease, after something gave reason to doubt it: a lock was lost, a
 * grant came after its end, or another lease on the same access was revoked. Access of this lease that came too late is
 * revoked. Every lease of that account at that target which must have access, and has none, is granted again.
 */
export async function verifyLease(deps: Deps, id: LeaseId, signal: AbortSignal): Promise<void> {
  const lease = await deps.ledger.readLease(id);
  if (!lease?.holding) return; // Nothing was ever written to the provider.
  await deps.ledger.withLock(lockKeyOf(lease.target), async (lock) => {
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    const now = await deps.ledger.readLease(id);
    if (now?.state === 'revoked') await revokeIfShown(deps, leaseAtProvider(deps, now), under);
    for (const live of await deps.ledger.grantedUnderLock(lock.key))
      await grantIfMissing(deps, leaseAtProvider(deps, live), under);
  });
}

async function revokeIfShown(deps: Deps, current: LeaseAtProvider, under: UnderLock): Promise<void> {
  const { lease, provider, target } = current;
  const isShown = provider.ownObject(target)
    ? (await provider.listManaged(under.signal)).some((object) => object.lease === lease.id)
    : (await shownRank(current, under)) > rankOf(current, remainingIntent(current).level);
  if (isShown) await revokeAgain(deps, current, under);
}

/** Only leases that share their access can lose it with another lease. */
async function grantIfMissing(deps: Deps, current: LeaseAtProvider, under: UnderLock): Promise<void> {
  const { provider, target } = current;
  if (provider.ownObject(target)) return;
  const rest = remainingIntent(current);
  const level = desiredLevel(provider.ladder(target), rest.level, [provider.level(target)]);
  if ((await shownRank(current, under)) >= rankOf(current, level)) return;
  const receipt = await provider.ensurePresent({ ...rest, level }, under.signal);
  await recordRepair(deps, current, { ...under, receipt });
}

/** The rank of the level that the account has now. */
async function shownRank(current: LeaseAtProvider, { signal }: UnderLock): Promise<number> {
  const { provider, target } = current;
  const account = remainingIntent(current).subject.name;
  return rankOf(current, (await provider.observe({ account, target }, signal)).level);
}

const rankOf = ({ provider, target }: LeaseAtProvider, level: string): number =>
  provider.ladder(target).indexOf(level);
