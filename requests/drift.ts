import { type Drift, driftBetween, highestLevel, levelLeft } from '../core/holding.ts';
import { Fault } from '../core/faults.ts';
import { type Instant, requestIdOfLease } from '../core/ids.ts';
import type { HeldLock, Holding, Ledger, OtherLease, Via } from '../ledger/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import { type LeaseAtProvider, ownLevel } from './lease-at-provider.ts';

type AccessReading = Readonly<{
  holding: Holding;
  provider: Provider;
  target: unknown;
  /** The level that the provider showed, and when it was asked, by the clock of the ledger. */
  found: string;
  readAt: Instant;
  lock: HeldLock;
  /** True when an earlier attempt may have granted: then more than expected may be of Curfew itself. */
  isRepeated?: boolean;
}>;

/**
 * Records for each lease of an access that somebody changed it by hand, before another lease of it is granted (I22). From
 * then on a lease counts for no more than was left of it. Throws while the provider may still show an older state.
 */
export async function recordDriftBeforeGrant(
  { ledger }: Pick<Deps, 'ledger'>,
  { holding, provider, target, found, readAt, lock, isRepeated }: AccessReading,
): Promise<void> {
  const ladder = provider.ladder(target);
  const expected = lock.isInDoubt ? undefined : expectedLevel(ladder, holding.prior, holding.others);
  const drift = expected === undefined ? undefined : driftBetween(ladder, { expected, found });
  if (!drift || (isRepeated && drift.change === 'raised')) return;
  const freshFrom = latest(holding.others, readAt) + provider.consistencyWindowMs;
  if (readAt < freshFrom)
    throw new Fault('not-verified', 'the provider may still show the access from before the last grant', {
      retryAfterMs: Math.max(freshFrom - (await ledger.now()), 1),
    });
  await recordDriftOfLeases(ledger, { holding, ladder, drift, readAt, lock });
}

type DriftRecord = Pick<AccessReading, 'holding' | 'readAt' | 'lock'> &
  Readonly<{ ladder: readonly string[]; drift: Drift; via?: Via }>;

/** What was lowered concerns the leases that gave more than what is left. What was raised concerns all. */
export async function recordDriftOfLeases(
  ledger: Ledger,
  { holding, ladder, drift, readAt, lock, via = 'workflow' }: DriftRecord,
): Promise<void> {
  const isConcerned = (lease: OtherLease): boolean => {
    const before = levelLeft(ladder, lease);
    return drift.change === 'raised'
      ? lease.cap !== drift.found
      : levelLeft(ladder, { level: before, cap: drift.found }) !== before;
  };
  for (const { id } of holding.others.filter(isConcerned))
    await ledger.record({
      request: requestIdOfLease(id),
      name: `drifted/${id}/${readAt}`,
      via,
      lock,
      command: (_state, at) => ({ kind: 'record-drift', lease: id, drift, at }),
    });
}

/** The drift that a revocation found. What was lowered is recorded for the other leases of the access too. */
export async function findAndRecordDrift(
  { ledger }: Pick<Deps, 'ledger'>,
  current: LeaseAtProvider,
  { found, lock }: Readonly<{ found: string | undefined; lock: HeldLock }>,
): Promise<Drift | undefined> {
  const { lease, provider, target } = current;
  const drift = await findDriftBeforeRevocation({ ledger }, current, { found, lock });
  if (drift?.change === 'lowered' && lease.holding)
    await recordDriftOfLeases(ledger, {
      holding: lease.holding,
      ladder: provider.ladder(target),
      drift,
      readAt: await ledger.now(),
      lock,
    });
  return drift;
}

/**
 * What somebody changed by hand since a lease was granted, when its revocation found other access than the ledger says.
 * Undefined when there is none, or when a change of Curfew itself may explain it.
 */
async function findDriftBeforeRevocation(
  { ledger }: Pick<Deps, 'ledger'>,
  current: LeaseAtProvider,
  { found, lock }: Readonly<{ found: string | undefined; lock: HeldLock }>,
): Promise<Drift | undefined> {
  const { provider, target } = current;
  const { holding, shownAt } = current.lease;
  if (!holding || found === undefined || shownAt === undefined || lock.isInDoubt) return undefined;
  const ladder = provider.ladder(target);
  const rest = expectedLevel(ladder, holding.prior, holding.others);
  const drift =
    rest && driftBetween(ladder, { expected: highestLevel(ladder, [ownLevel(current), rest]), found });
  const now = await ledger.now();
  if (!drift) return undefined;
  // From the end on, the undo may have been used, and nobody may have reported that yet.
  if (drift.change === 'lowered' && now >= current.lease.endsAt && mayBeUndone(current, holding, found))
    return undefined;
  const changedAt = Math.max(
    Math.min(shownAt, now),
    latest(holding.others, now),
    await lastRevoked(ledger, provider, { holding, target }),
  );
  return now < changedAt + provider.consistencyWindowMs ? undefined : drift;
}

/**
 * True when the undo of the lease can have left this level. It knows the prior state, and the leases whose grant was confirmed
 * before the intent of this one.
 */
function mayBeUndone({ lease, provider, target }: LeaseAtProvider, holding: Holding, found: string): boolean {
  const ladder = provider.ladder(target);
  const { intendedAt = 0 } = lease;
  const known = holding.others.filter(({ shownAt }) => shownAt !== undefined && shownAt <= intendedAt);
  const least = highestLevel(ladder, [holding.prior, ...known.map((each) => levelLeft(ladder, each))]);
  return ladder.indexOf(found) >= ladder.indexOf(least);
}

/** What the account must show; undefined while a lease is being granted or revoked or is over, because then nobody knows. */
function expectedLevel(
  ladder: readonly string[],
  prior: string,
  others: readonly OtherLease[],
): string | undefined {
  if (others.some(({ state, hasEnded }) => state !== 'granted' || hasEnded)) return undefined;
  return highestLevel(ladder, [prior, ...others.map((other) => levelLeft(ladder, other))]);
}

/** When a read last showed the access of one of the leases. A time that is still to come is forged, so it does not count. */
const latest = (leases: readonly OtherLease[], now: Instant): number =>
  Math.max(0, ...leases.flatMap(({ shownAt }) => (shownAt !== undefined && shownAt <= now ? [shownAt] : [])));

const lastRevoked = async (
  ledger: Ledger,
  provider: Provider,
  { holding: { subject }, target }: Readonly<{ holding: Holding; target: unknown }>,
): Promise<number> =>
  (await ledger.lastRevokedAt(provider.name, { key: provider.targetKey(target), subject })) ?? 0;
