import { Fault } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import type { Lease, Ledger } from '../ledger/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import { noteDrift } from './drift.ts';
import type { LeaseAtProvider, UnderLock } from './lease-at-provider.ts';

type ObservedHolding = Parameters<Ledger['intend']>[0]['observed'];

/**
 * Reads what the account has at the provider, and records it with the intent before the first write (I2). Returns the
 * lease as it is then: with its holding, and with the vendor's own id of its target.
 */
export async function writeIntent(
  { ledger }: Pick<Deps, 'ledger'>,
  { lease, provider, target }: LeaseAtProvider,
  { lock, signal }: UnderLock,
): Promise<Lease> {
  const { account } = lease.target;
  const readAt = await ledger.now();
  const seen = await provider.observe({ account, target }, signal);
  if (seen.refusal !== undefined) throw new Fault('provider-refused', seen.refusal);
  const { subject, level: prior, target: found } = seen;
  const key = provider.targetKey(found);
  const observed: ObservedHolding = { subject, prior, target: found, key, ladder: provider.ladder(target) };
  if (!provider.ownObject(target)) {
    await assertFreshRead({ ledger, provider, observed, readAt });
    const holding = await ledger.openHolding(provider.name, observed);
    if (holding) await noteDrift({ ledger }, { holding, provider, target, found: prior, readAt, lock });
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
  return intended;
}

type Read = Readonly<{ ledger: Ledger; provider: Provider; observed: ObservedHolding; readAt: Instant }>;

/**
 * After a recent revocation a read may still show the old access. Recording it as prior state would make it
 * permanent (F15, I5).
 */
async function assertFreshRead({ ledger, provider, observed, readAt }: Read): Promise<void> {
  const revokedAt = await ledger.lastRevokedAt(provider.name, observed);
  const freshFrom = revokedAt === undefined ? readAt : revokedAt + provider.consistencyWindowMs;
  if (readAt >= freshFrom) return;
  throw new Fault('not-verified', 'the provider may still show access that was revoked just before', {
    retryAfterMs: Math.max(freshFrom - (await ledger.now()), 1),
  });
}
