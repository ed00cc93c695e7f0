import { type Comparison, compareAccess } from '../../core/findings/compare.ts';
import type { Drift } from '../../core/holding.ts';
import type { Holding, Lease } from '../../ledger/index.ts';
import { withAccessLock } from '../access-lock.ts';
import type { Deps } from '../deps.ts';
import { recordDriftOfLeases } from '../drift.ts';
import { hasAccess, type LeaseAtProvider, leaseAtProvider, type UnderLock } from '../lease-at-provider.ts';
import type { Look } from './check-access.ts';
import { newFinding } from './new-finding.ts';
import { readShownAccess, type ShownAccess } from './shown-access.ts';

/** The level of an object that somebody changed by hand. It is in no ladder, so it counts as more. */
const CHANGED = 'changed by hand';

type Seen = Readonly<{ shown: ShownAccess; signal: AbortSignal }>;

/**
 * Compares a live lease with what was read. A difference is read again under the lock of the access, and recorded there: as drift, and as
 * a finding when the account has more.
 */
export async function checkGranted(
  deps: Deps,
  current: LeaseAtProvider,
  { shown, signal }: Seen,
): Promise<Look> {
  const first = compareGranted(current, shown);
  if (first.kind === 'held') await closeExplained(deps, current);
  if (first.kind !== 'less' && first.kind !== 'more') return first;
  return withAccessLock(deps.ledger, current.lease, async (lock): Promise<Look> => {
    if (lock.isInDoubt) return { kind: 'soon' }; // The verification decides what the access must be.
    const under = { lock, signal: AbortSignal.any([signal, lock.lost]) };
    const readAt = await deps.ledger.now();
    const lease = await deps.ledger.readLease(current.lease.id);
    if (lease?.state !== 'granted' || readAt >= lease.endsAt) return { kind: 'soon' };
    const again = leaseAtProvider(deps, lease);
    const second = compareGranted(again, await readShownAccess(again, under.signal));
    if (second.kind === 'less' || second.kind === 'more')
      await recordDrift(deps, again, { ...under, drift: second.drift, readAt });
    return second;
  });
}

/** Nobody can compare while a lease of the same access is being granted or revoked, or is past its end. */
function compareGranted(
  { lease, provider, target }: LeaseAtProvider,
  shown: ShownAccess,
): Comparison | Readonly<{ kind: 'soon' }> | Extract<ShownAccess, { kind: 'unknown' }> {
  if (shown.kind === 'unknown') return shown;
  const others = lease.holding?.others ?? [];
  if (!others.every(hasAccess)) return { kind: 'soon' };
  const own = levelOf(lease, provider.level(target));
  return compareAccess(provider.ladder(target), {
    prior: lease.holding?.prior ?? 'none',
    leases: [own, ...others],
    own,
    found: shown.changed === undefined ? shown.level : CHANGED,
  });
}

const levelOf = ({ cap }: Lease, level: string) => ({ level, ...(cap === undefined ? {} : { cap }) });

type Found = UnderLock & Readonly<{ drift: Drift; readAt: Awaited<ReturnType<Deps['ledger']['now']>> }>;

/** The drift is recorded for each lease of the access that it concerns, once. More than the ledger explains is a finding too. */
async function recordDrift(
  deps: Deps,
  current: LeaseAtProvider,
  { lock, drift, readAt }: Found,
): Promise<void> {
  const { provider, target, lease } = current;
  const holding = await holdingOf(deps, current);
  if (!holding) return;
  await recordDriftOfLeases(deps.ledger, {
    holding,
    ladder: provider.ladder(target),
    drift,
    readAt,
    lock,
    via: 'sweeper',
  });
  if (drift.change === 'raised' && !provider.ownObject(target))
    await deps.ledger.recordFindings([
      newFinding(
        provider,
        target,
        { subject: holding.subject, level: drift.found, sources: [] },
        lease.target.lockKey,
      ),
    ]);
}

/** The open holding with all leases of it, this one included. */
const holdingOf = (
  { ledger }: Deps,
  { lease: { id, holding }, provider, target }: LeaseAtProvider,
): Promise<Holding | undefined> => {
  const key = provider.targetKey(target);
  return holding
    ? ledger.readOpenHolding(provider.name, {
        key: provider.ownObject(target) ? `${key}\n${id}` : key,
        subject: holding.subject,
      })
    : Promise.resolve(undefined);
};

/** Access that somebody raised and lowered again is no finding any more. */
async function closeExplained({ ledger }: Deps, { lease, provider, target }: LeaseAtProvider): Promise<void> {
  if (!lease.holding || provider.ownObject(target)) return;
  await ledger.closeExplained({
    provider: provider.name,
    key: provider.targetKey(target),
    subject: lease.holding.subject.id,
  });
}
