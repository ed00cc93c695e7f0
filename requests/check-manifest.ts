import { limitedSignal } from '../core/limited-signal.ts';
import { Fault, messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import type { KnownLease } from '../ledger/index.ts';
import { type Manifest, readManifest } from '../manifest/read.ts';
import { sign } from '../manifest/signature.ts';
import type { Deps } from './deps.ts';
import type { ManifestAccess } from './manifest-access.ts';
import { planOf, restoreReason } from './quarantine-plan.ts';

/** A process that grants compares the manifest with the ledger again after this time, whatever the sweeper does. */
const CHECK_AGAIN_MS = 60_000;

/** What was found, and what the ledger knows of it. */
export type Checked = Readonly<{ manifest: Manifest; known: readonly KnownLease[] }>;

/**
 * Compares the manifest with the ledger. When the manifest knows more, the ledger was restored, or lost its last commits in a
 * failover: it goes into quarantine (I25, F05). It also does when it gave this process a higher serial before. The manifest is read
 * first, because everything in it was in the ledger before.
 */
export async function checkManifest(deps: Deps, signal: AbortSignal): Promise<Checked | undefined> {
  const { ledger, manifest: access } = deps;
  if (!access) return undefined;
  const { highest } = access.memory; // Before the ledger is asked, because others of this process ask it too.
  const manifest = await readOrFault(access, signal);
  const ledgerSerial = await ledger.manifestSerial();
  const known = await ledger.knownLeases(manifest.entries.map(({ lease }) => lease));
  // This signs nothing new: only an object that a key of the manifest signed is one of its entries.
  const plan = planOf(manifest.entries, known).map((line) => ({
    ...line,
    signed: sign(line.entry, access.privateKey),
  }));
  const manifestSerial = Math.max(manifest.serial, highest);
  const reason = restoreReason({ givenOut: manifestSerial, ledger: ledgerSerial }, plan);
  if (reason !== undefined) await ledger.quarantine({ reason, ledgerSerial, manifestSerial, plan });

  access.memory.checkedAt = performance.now();
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
