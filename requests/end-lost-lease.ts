import { Fault } from '../core/faults.ts';
import { highestLevel } from '../core/holding.ts';
import { lockKeyOf } from '../core/target.ts';
import { remainingLevel } from '../manifest/due.ts';
import type { ManifestEntry } from '../manifest/entry.ts';
import type { Receipt } from '../providers/provider.ts';
import type { Deps } from './deps.ts';
import { mayHaveAccess, targetAtProvider } from './lease-at-provider.ts';
import { lostLeasesOn } from './lost-leases.ts';
import { writeAfterwards } from './manifest.ts';

/**
 * Ends the access of a lost lease: one that only the manifest knows, because the ledger was restored. It stays lost, and its entry is
 * over. The end that the manifest has must be reached.
 */
export async function endLostLease(deps: Deps, entry: ManifestEntry, signal: AbortSignal): Promise<void> {
  const known = await deps.ledger.readLease(entry.lease);
  if (known?.holding)
    throw new Error(`the ledger has the grant of lease ${entry.lease}, so it ends as every other lease`);
  const { provider, target } = targetAtProvider(deps, entry);
  const key = lockKeyOf({
    provider: entry.provider,
    lockKey: provider.lockKey(target),
    account: entry.subject.name,
  });
  await deps.ledger.withLock(key, async (lock) => {
    lock.markWriting();
    await endLostAccess(deps, entry, AbortSignal.any([signal, lock.lost]));
  });
}

/** The same under the lock of the access. It lowers the account to the prior state and to what other leases give (I5, I6). */
export async function endLostAccess(deps: Deps, entry: ManifestEntry, signal: AbortSignal): Promise<Receipt> {
  const { ledger } = deps;
  const { lease, subject, endsAt } = entry;
  const { provider, target } = targetAtProvider(deps, entry);
  const ladder = provider.ladder(target);
  const now = await ledger.now();
  const others = await lostLeasesOn(deps, entry, lease);
  const prior = remainingLevel([{ ...entry, endsAt: now }, ...others], { now, ladderOf: () => ladder });
  if (!prior.ok) throw new Fault('provider-refused', prior.error);
  const holding = await ledger.readOpenHolding(provider.name, { key: entry.targetKey, subject });
  const given = holding?.others.filter(mayHaveAccess).map(({ level }) => level) ?? [];
  const level = highestLevel(ladder, [prior.value, ...given]);
  const receipt = await provider.ensureAbsent({ lease, subject, target, level, endsAt }, signal);
  await ledger.endLostLease(lease, receipt.seen);
  await ledger.addManifestEntry(lease);
  await writeAfterwards(deps, lease);
  return receipt;
}
