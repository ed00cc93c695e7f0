import { limitedSignal } from '../core/limited-signal.ts';
import { Fault, messageOf } from '../core/faults.ts';
import type { Instant, LeaseId } from '../core/ids.ts';
import { startedExtension } from '../core/request/extension.ts';
import { WAITS } from '../core/waits.ts';
import type { Lease, ManifestWrite } from '../ledger/index.ts';
import { entryName, type ManifestEntry } from '../manifest/entry.ts';
import { sign } from '../manifest/signature.ts';
import type { Provider } from '../providers/provider.ts';
import { checkManifest } from './check-manifest.ts';
import type { Deps } from './deps.ts';
import { laterEndOf } from './later-end.ts';
import type { ManifestAccess } from './manifest-access.ts';
import { type LeaseAtProvider, leaseAtProvider, ownLevel } from './lease-at-provider.ts';
import { assertNoQuarantine } from './quarantine.ts';
import { signedEntryOf } from './signed-entry.ts';

/** True when only Curfew ends this access, so that the manifest must know of it. Classes A and B have their end at the vendor. */
export const needsManifest = ({
  provider,
  target,
}: Readonly<{ provider: Provider; target: unknown }>): boolean => provider.enforcementClass(target) === 'C';

/** Throws when the access needs the manifest and none is configured. Nothing is recorded or granted then. */
export function assertManifestConfigured(
  { manifest }: Pick<Deps, 'manifest'>,
  current: LeaseAtProvider,
): void {
  if (manifest || !needsManifest(current)) return;
  throw new Fault(
    'manifest-missing',
    'CURFEW_MANIFEST is not set, so nothing outside the ledger would know when this access ends',
  );
}

/**
 * Writes the entry of a lease that is about to get access or a later end. It does so also when a row says that the entry is written, because
 * another process could have written that row. It also writes the entries that are still missing of the leases that share the access. It returns
 * when all of them are durable. It throws when one is not, or when a write showed that the ledger was restored: then the provider must not be
 * changed.
 */
export async function prepareManifest(
  deps: Deps,
  current: LeaseAtProvider,
  signal: AbortSignal,
): Promise<void> {
  if (!needsManifest(current)) return;
  const { id, holding } = current.lease;
  assertManifestConfigured(deps, current);
  await deps.ledger.addManifestEntry(id);
  const others = holding?.others.map((other) => other.id) ?? [];
  for (const lease of await deps.ledger.unwrittenOf(others)) await writeEntry(deps, lease, signal);
  if ((await writeEntry(deps, id, signal)) !== 'live')
    throw new Fault(
      'quarantine',
      `the ledger has no intent of ${id} any more: it may have lost its last commits`,
    );
  await assertNoQuarantine(deps.ledger);
}

/** A write that failed a moment ago is not tried again at once: the receipts of many leases must not wait for a store that is down. */
const PAUSE_MS = 10_000;

/** Writes the entry of a lease that is over, or whose end is the old one again. What fails is written later by the sweeper. */
export async function writeAfterwards(deps: Deps, lease: LeaseId): Promise<void> {
  const { manifest } = deps;
  if (!manifest || performance.now() < manifest.memory.failedAt + PAUSE_MS) return;
  await writeEntry(deps, lease, AbortSignal.timeout(WAITS.manifestAnswer.ms)).catch(() => undefined);
}

/**
 * Writes the entry of one lease as the ledger has it now. The serial comes before the read, so of two writes the one with the
 * higher serial knows more, in whatever order they reach the store. A lease without an entry, or without an intent, is left alone. Returns
 * what the entry says of the lease.
 */
export async function writeEntry(
  deps: Deps,
  lease: LeaseId,
  signal: AbortSignal,
): Promise<ManifestEntry['state'] | undefined> {
  const { ledger, manifest } = deps;
  if (!manifest) throw new Fault('manifest-unavailable', 'this process has no CURFEW_MANIFEST');
  const { highest } = manifest.memory;
  const write = await ledger.beginManifestWrite(lease);
  if (!write) return undefined;
  if (write.serial <= highest) {
    // The ledger gave this process a higher serial before: it was restored while the process ran.
    await checkManifest(deps, signal);
    return writeEntry(deps, lease, signal);
  }
  manifest.memory.highest = Math.max(manifest.memory.highest, write.serial);
  const entry = await entryNow(deps, write);
  if (entry) await store({ ledger, manifest }, entry, { ...write, signal });
  return entry?.state;
}

/** Stores an entry, and removes the object that it replaces. */
async function store(
  { ledger, manifest }: Readonly<{ ledger: Deps['ledger']; manifest: ManifestAccess }>,
  entry: ManifestEntry,
  { signal, ...write }: ManifestWrite & Readonly<{ signal: AbortSignal }>,
): Promise<void> {
  const limited = limitedSignal(signal, WAITS.manifestAnswer.ms);
  try {
    await manifest.store.put(entryName(entry), sign(entry, manifest.privateKey), limited);
  } catch (error) {
    manifest.memory.failedAt = performance.now();
    throw new Fault('manifest-unavailable', messageOf(error), { cause: error });
  }
  const replaced = await ledger.endManifestWrite(write, entry.state);
  // What stays here, the sweeper removes. It does not count, because its serial is lower.
  if (replaced !== undefined)
    await manifest.store
      .remove(entryName({ lease: entry.lease, serial: replaced }), limited)
      .catch(() => undefined);
}

/** The entry of a lease as the ledger has it now. Undefined when its access was never given. */
async function entryNow(
  deps: Deps,
  { lease: id, serial }: ManifestWrite,
): Promise<ManifestEntry | undefined> {
  const { ledger } = deps;
  const lease = await ledger.readLease(id);
  if (!lease?.holding) {
    const lost = await ledger.readPlanLine(id);
    if (lost?.goneAt === undefined) return undefined;
    const entry = signedEntryOf(deps, lost);
    return entry.ok ? { ...entry.value, serial, state: 'over' } : undefined;
  }
  const [{ state }, laterEnd] = await Promise.all([
    ledger.readState(lease.request),
    laterEndOf(deps, { request: lease.request, via: 'sweeper' }),
  ]);
  const extension = lease.laterEnd === 'wanted' ? startedExtension(state) : undefined;
  const ends = [lease.endsAt, extension?.details.endsAt ?? lease.endsAt, laterEnd ?? lease.endsAt];
  return entryOf(leaseAtProvider(deps, lease), { serial, endsAt: Math.max(...ends) as Instant });
}

/** The entry of a lease whose intent is recorded. */
export function entryOf(
  current: LeaseAtProvider,
  { serial, endsAt }: Pick<ManifestEntry, 'serial' | 'endsAt'>,
): ManifestEntry {
  const { lease, provider, target } = current;
  const { id, holding, state } = lease;
  if (!holding) throw new Fault('superseded', `lease ${id} has no intent`);
  return {
    serial,
    lease: id,
    state: state === 'revoked' ? 'over' : 'live',
    provider: provider.name,
    spec: lease.target.spec,
    targetKey: targetKeyOf(lease, { provider, target }),
    subject: { id: holding.subject.id, name: holding.subject.name },
    prior: holding.prior,
    level: ownLevel(current),
    endsAt,
  };
}

/** As the ledger names the target of a holding: an object that a lease has for itself is shared with no other lease. */
export const targetKeyOf = (
  { id }: Pick<Lease, 'id'>,
  { provider, target }: Readonly<{ provider: Provider; target: unknown }>,
): string =>
  provider.ownObject(target) ? `${provider.targetKey(target)}\n${id}` : provider.targetKey(target);
