import { desiredLevel } from '../core/holding.ts';
import type { Lease } from '../ledger/index.ts';
import type { Deps } from './deps.ts';
import {
  type LeaseAtProvider,
  leaseAtProvider,
  remainingIntent,
  type UnderLock,
} from './lease-at-provider.ts';
import { recordRepair, revokeAgain } from './repair.ts';

/**
 * Makes the provider show what the ledger says of one access, after something gave reason to doubt it: a call ended
 * without an answer, a lock was lost, or access was revoked without the ledger. Access that came too late is revoked.
 * Every lease that must have access, and lost it, is granted again. `key` is the key of the access's lock.
 */
export const verifyAccess = (deps: Deps, key: string, signal: AbortSignal): Promise<void> =>
  deps.ledger.withLock(key, async (lock) => {
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    const isRevoked = ({ state }: Lease): boolean => state === 'revoked';
    const leases = await deps.ledger.leasesUnderLock(key);
    const revoked = leases.filter(isRevoked).map((lease) => leaseAtProvider(deps, lease));
    const granted = leases.filter((lease) => !isRevoked(lease)).map((lease) => leaseAtProvider(deps, lease));
    for (const [newest] of bySharedAccess(revoked)) if (newest) await revokeAgain(deps, newest, under);
    for (const sharing of bySharedAccess(granted)) await grantAgain(deps, sharing, under);
  });

/** The leases that share what one account has at one target, newest first. An object of its own is shared with none. */
function bySharedAccess(leases: readonly LeaseAtProvider[]): readonly (readonly LeaseAtProvider[])[] {
  const groups = new Map<string, LeaseAtProvider[]>();
  for (const each of leases) {
    const { lease, provider, target } = each;
    const access = `${lease.holding?.subject.id} ${provider.targetKey(target)}`;
    const group = provider.ownObject(target) ? lease.id : access;
    groups.set(group, [each, ...(groups.get(group) ?? [])]);
  }
  return [...groups.values()];
}

/** Grants again what the leases had, and records it for each that had lost something. */
async function grantAgain(deps: Deps, sharing: readonly LeaseAtProvider[], under: UnderLock): Promise<void> {
  const [one] = sharing;
  if (!one || one.provider.ownObject(one.target)) return; // No other lease can have taken its access.
  const { lease, provider, target } = one;
  const rest = remainingIntent(one);
  const levels = sharing.map((each) => provider.level(each.target));
  const level = desiredLevel(provider.ladder(target), rest.level, levels);
  const account = lease.holding?.subject.name ?? '';
  const shown = (await provider.observe({ account, target }, under.signal)).level;
  const rank = (of: string): number => provider.ladder(target).indexOf(of);
  if (rank(shown) >= rank(level)) return;
  const receipt = await provider.ensurePresent({ ...rest, level }, under.signal);
  for (const each of sharing)
    if (rank(shown) < rank(provider.level(each.target)))
      await recordRepair(deps, each, { ...under, receipt });
}
