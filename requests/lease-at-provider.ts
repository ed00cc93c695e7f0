import { limitedSignal } from '../core/limited-signal.ts';
import { Fault } from '../core/faults.ts';
import { highestLevel, levelLeft } from '../core/holding.ts';
import type { LeaseId } from '../core/ids.ts';
import type { RequestedTarget } from '../core/target.ts';
import { WAITS } from '../core/waits.ts';
import type { HeldLock, Lease, OtherLease } from '../ledger/index.ts';
import type { Intent, Provider } from '../providers/provider.ts';
import type { Deps } from './deps.ts';

/** A lease, its provider, and its target as that provider reads it. */
export type LeaseAtProvider = Readonly<{ lease: Lease; provider: Provider; target: unknown }>;

/** The lock of the lease's account at its target. The signal ends when the attempt or the lock is over. */
export type UnderLock = Readonly<{ lock: HeldLock; signal: AbortSignal }>;

type Providers = Pick<Deps, 'providers'>;

export const leaseAtProvider = (deps: Providers, lease: Lease): LeaseAtProvider => ({
  lease,
  ...targetAtProvider(deps, lease.target),
});

/** The same dependencies for a caller that ends access: its reads count as removals in the rate budget too (I25). */
export const forRemoval = <D extends Providers>(deps: D): D => ({
  ...deps,
  providers: new Map([...deps.providers].map(([name, provider]) => [name, provider.asRemoval ?? provider])),
});

/** Throws a fault when the provider is not configured, or when it cannot read the target. */
export function targetAtProvider(
  { providers }: Providers,
  { provider: name, spec }: Pick<RequestedTarget, 'provider' | 'spec'>,
): Omit<LeaseAtProvider, 'lease'> {
  const provider = providers.get(name);
  if (!provider) throw new Fault('unknown-provider', name);
  const target = provider.parseTarget(spec);
  if (!target.ok) throw new Fault('target-missing', target.error);
  return { provider, target: target.value };
}

/** What is left of a lease's own level. */
export const ownLevel = ({ lease: { cap }, provider, target }: LeaseAtProvider): string =>
  levelLeft(provider.ladder(target), {
    level: provider.level(target),
    ...(cap === undefined ? {} : { cap }),
  });

/** True while another lease may have access that must not be taken from it. */
export const mayHaveAccess = ({ state }: OtherLease): boolean => state === 'intended' || state === 'granted';
/** True while the grant of another lease is confirmed and its end is not reached. */
export const hasAccess = ({ state, hasEnded }: OtherLease): boolean => state === 'granted' && !hasEnded;

/**
 * What these leases, which share one access, must give the account: the highest of them and of the other leases whose
 * grant is confirmed. A grant that is not confirmed is judged again before it counts. The prior state does not count:
 * `ensurePresent` lowers nothing, and nobody approved what somebody else revoked meanwhile (I9). What somebody lowered by
 * hand stays lowered: a lease counts for no more than was left of it (I22).
 */
export function grantedIntent(
  leases: readonly [LeaseAtProvider, ...(readonly LeaseAtProvider[])],
): Intent<unknown> {
  const [{ lease, provider, target }] = leases;
  const { holding, id, endsAt } = lease;
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  const ladder = provider.ladder(target);
  const others = holding.others.filter(hasAccess).map((other) => levelLeft(ladder, other));
  const level = highestLevel(ladder, [...others, ...leases.map(ownLevel)]);
  return { lease: id, subject: holding.subject, target, level, endsAt };
}

/**
 * What must remain without this lease: the highest of the prior state and the other leases that may have access. So the
 * longest of overlapping leases decides when the access ends, and standing access stays (I5, I6).
 */
export function remainingIntent({ lease, provider, target }: LeaseAtProvider): Intent<unknown> {
  const { holding, id, endsAt } = lease;
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  const ladder = provider.ladder(target);
  const others = holding.others.filter(mayHaveAccess).map((other) => levelLeft(ladder, other));
  const level = highestLevel(ladder, [holding.prior, ...others]);
  return { lease: id, subject: holding.subject, target, level, endsAt };
}

/** No call that gives access goes on after the end of the access. */
export const untilEnd = ({ lock, signal }: UnderLock, leftMs: number): UnderLock => ({
  lock,
  signal: limitedSignal(signal, Math.min(leftMs, WAITS.attempt.ms)),
});

/** Throws when the ledger has no such lease. */
export async function leaseOrFault({ ledger }: Pick<Deps, 'ledger'>, id: LeaseId): Promise<Lease> {
  const lease = await ledger.readLease(id);
  if (!lease) throw new Fault('superseded', `no lease ${id}`);
  return lease;
}
