import { Fault } from '../core/faults.ts';
import type { HeldLock, Holding, Lease, Ledger } from '../ledger/index.ts';
import type { Observation, Provider } from '../providers/provider.ts';
import { holdsKey } from './access-lock.ts';
import { checkManifestOf } from './check-manifest.ts';
import type { Deps } from './deps.ts';
import { recordDriftBeforeGrant } from './drift.ts';
import type { LeaseAtProvider, UnderLock } from './lease-at-provider.ts';
import { assertNoLostLease } from './lost-leases.ts';
import { needsManifest } from './manifest.ts';
import { assertNoQuarantine } from './quarantine.ts';

type ObservedHolding = Parameters<Ledger['intend']>[0]['observed'];

/**
 * A lease with its holding, and with the vendor's own id of its target. `seen` is what the provider showed just before. `isFirst`: the intent was
 * recorded now, and not in an earlier attempt.
 */
export type Intended = Readonly<{ lease: Lease; seen: Observation<unknown>; isFirst: boolean }>;

/** Reads what the account has at the provider, and records it with the intent before the first write (I2). */
export async function writeIntent(
  deps: Deps,
  current: LeaseAtProvider,
  { lock, signal }: UnderLock,
): Promise<Intended> {
  const { ledger } = deps;
  const { lease, provider, target } = current;
  const { account } = lease.target;
  const readAt = await ledger.now();
  const seen = await provider.observe({ account, target }, signal);
  if (seen.refusal !== undefined) throw new Fault('provider-refused', seen.refusal);
  const { subject, level: shown, target: foundTarget } = seen;
  const key = provider.targetKey(foundTarget);
  const ladder = provider.ladder(target);
  const observed: ObservedHolding = { subject, prior: shown, target: foundTarget, key, ladder, readAt };
  if (!provider.ownObject(target)) {
    const access = { provider: provider.name, targetKey: key, subject };
    if (needsManifest(current)) await checkManifestOf(deps, access, signal);
    await assertNoQuarantine(ledger);
    await assertNoLostLease(deps, access);
    await assertFreshRead({ ledger, provider, observed });
    const holding = await ledger.readOpenHolding(provider.name, observed);
    if (holding && holdsAll(lock, holding))
      await recordDriftBeforeGrant({ ledger }, { holding, provider, target, found: shown, readAt, lock });
  }
  const written = await ledger.intend({
    lease,
    observed,
    level: provider.level(target),
    via: 'workflow',
    lock,
  });
  if (!written.outcome.ok) throw new Fault('superseded', `the request is ${written.state.kind}`);
  const intended = await ledger.readLease(lease.id);
  if (!intended?.holding) throw new Fault('superseded', 'the intent is missing');
  // The next attempt reads the intent first, and so takes every lock of the access.
  if (!holdsAll(lock, intended.holding))
    throw new Fault('not-verified', 'the account or the target was renamed while it has access', {
      retryAfterMs: 1,
    });
  return { lease: intended, seen, isFirst: true };
}

/** True when the work has the locks of all leases that share the access. */
const holdsAll = (lock: HeldLock, { others }: Holding): boolean =>
  others.every(({ lockKey }) => holdsKey(lock, lockKey));

type Read = Readonly<{ ledger: Ledger; provider: Provider; observed: ObservedHolding }>;

/**
 * After a recent revocation a read may still show the old access. Recording it as prior state would make it
 * permanent (F15, I5).
 */
async function assertFreshRead({ ledger, provider, observed }: Read): Promise<void> {
  const revokedAt = await ledger.lastRevokedAt(provider.name, observed);
  const { readAt } = observed;
  const freshFrom = revokedAt === undefined ? readAt : revokedAt + provider.consistencyWindowMs;
  if (readAt >= freshFrom) return;
  throw new Fault('not-verified', 'the provider may still show access that was revoked just before', {
    retryAfterMs: Math.max(freshFrom - (await ledger.now()), 1),
  });
}
