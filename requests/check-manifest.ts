import { limitedSignal } from '../core/limited-signal.ts';
import { Fault, messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import type { KnownLease } from '../ledger/index.ts';
import { accessKey } from '../manifest/due.ts';
import type { ManifestEntry } from '../manifest/entry.ts';
import { type Manifest, readManifest } from '../manifest/read.ts';
import { sign } from '../manifest/signature.ts';
import type { Deps } from './deps.ts';
import type { ManifestAccess } from './manifest-access.ts';
import { planOf, restoreReason } from './quarantine-plan.ts';

/** A process that grants compares the manifest with the ledger again after this time, whatever the sweeper does. */
const CHECK_AGAIN_MS = 60_000;

/** What was found, and what the ledger knows of it. */
export type ManifestCheck = Readonly<{ manifest: Manifest; known: readonly KnownLease[] }>;

/**
 * Compares the manifest with the ledger. When the manifest knows more, the ledger was restored, or lost its last commits in a
 * failover: it goes into quarantine (I25, F05). It also does when it gave this process a higher serial before.
 */
export async function checkManifest(deps: Deps, signal: AbortSignal): Promise<ManifestCheck | undefined> {
  const { manifest: access } = deps;
  if (!access) return undefined;
  const checked = await compare(deps, access, { signal, isCompared: () => true });
  access.memory.checkedAt = performance.now();
  return checked;
}

/**
 * Compares what they say of one access, after that was read at its provider: the entry of a grant that is lost was stored before its
 * write. So no read that shows the access of such a grant is taken for what the account had before (I5).
 */
export async function checkManifestOf(
  deps: Deps,
  access: Parameters<typeof accessKey>[0],
  signal: AbortSignal,
): Promise<void> {
  const key = accessKey(access);
  if (deps.manifest)
    await compare(deps, deps.manifest, { signal, isCompared: (entry) => accessKey(entry) === key });
}

/** The manifest is read first, because everything in it was in the ledger before. */
async function compare(
  { ledger }: Deps,
  access: ManifestAccess,
  { signal, isCompared }: Readonly<{ signal: AbortSignal; isCompared: (entry: ManifestEntry) => boolean }>,
): Promise<ManifestCheck> {
  const { highest } = access.memory; // Before the ledger is asked, because others of this process ask it too.
  const manifest = await readOrFault(access, signal);
  const entries = manifest.entries.filter(isCompared);
  const ledgerSerial = await ledger.manifestSerial();
  const known = await ledger.knownLeases(entries.map(({ lease }) => lease));
  // This signs nothing new: only an object that a key of the manifest signed is one of its entries.
  const plan = planOf(entries, known).map((line) => ({
    ...line,
    signed: sign(line.entry, access.privateKey),
  }));
  const manifestSerial = Math.max(manifest.serial, highest);
  const reason = restoreReason({ givenOut: manifestSerial, ledger: ledgerSerial }, plan);
  if (reason !== undefined) await ledger.quarantine({ reason, ledgerSerial, manifestSerial, plan });
  return { manifest, known };
}

/** Compares them unless this process did so a moment ago. A process must not grant before it has done it once. */
export async function checkManifestSometimes(deps: Deps, signal: AbortSignal): Promise<void> {
  const { manifest } = deps;
  if (manifest && performance.now() > manifest.memory.checkedAt + CHECK_AGAIN_MS)
    await checkManifest(deps, signal);
}

async function readOrFault(
  { store, publicKeys, memory }: ManifestAccess,
  signal: AbortSignal,
): Promise<Manifest> {
  const limited = limitedSignal(signal, WAITS.manifestReading.ms);
  try {
    return await readManifest(store, publicKeys, limited, memory.read);
  } catch (error) {
    throw new Fault('manifest-unavailable', messageOf(error), { cause: error });
  }
}
