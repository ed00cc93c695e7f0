import { messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import { entryName, type ManifestEntry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/read.ts';
import { type ManifestCheck, checkManifest } from '../requests/check-manifest.ts';
import type { Deps } from '../requests/deps.ts';
import { decideQuarantineAnswer } from '../requests/end-quarantine.ts';
import { needsManifest, writeEntry } from '../requests/manifest.ts';
import { targetAtProvider } from '../requests/lease-at-provider.ts';

/** Entries that are over stay for a day, so that a restore from a backup of the last night still shows. */
const KEPT_MS = 24 * 3_600_000;
const MOST_WRITES = 200;
const MOST_REMOVALS = 500;
const REMOVALS_AT_ONCE = 16;

type Stored = Awaited<ReturnType<Deps['ledger']['storedEntries']>>[number];

/**
 * Compares the manifest with the ledger, decides about a quarantine that somebody wants to end, and makes the manifest what the
 * ledger says: it writes what could not be written before, and removes what counts no more. Returns what is wrong with the manifest.
 */
export async function keepManifest(deps: Deps): Promise<readonly string[]> {
  if (!deps.manifest) return [];
  const problems: string[] = [];
  const attempt = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> =>
    work(AbortSignal.timeout(WAITS.attempt.ms)).catch(
      (error: unknown) => void problems.push(messageOf(error)),
    );
  const stored = await deps.ledger.storedEntries(); // Before the manifest, so that what is missing there is really missing.
  // Before any write, so that a serial of a restored ledger does not hide that it was restored.
  const checked = await attempt(async (signal) => {
    const found = await checkManifest(deps, signal);
    if (found) await wantWhatIsMissing(deps, stored, found);
    return found;
  });
  problems.push(
    ...(checked?.manifest.problems ?? []).map((problem) => `the manifest has a foreign object ${problem}`),
  );
  for (const answer of await deps.ledger.openQuarantineAnswers())
    await attempt((signal) => decideQuarantineAnswer(deps, answer, signal));
  const quarantine = await deps.ledger.readQuarantine();
  if (quarantine) problems.push(`the ledger is in quarantine: ${quarantine.reason}`);
  problems.push(...(await addEntries(deps)));
  await attempt(async (signal) => {
    for (const lease of await deps.ledger.takeUnwrittenEntries(MOST_WRITES))
      await writeEntry(deps, lease, signal).catch((error: unknown) => void problems.push(messageOf(error)));
  });
  // After the writes, because a day after many ends there is much to remove.
  if (checked)
    await attempt((signal) => removeWhatIsOver(deps, { stored, manifest: checked.manifest, signal }));
  return problems;
}

/** An object may be removed or put back by hand. Its lease is written again with the next serial. */
async function wantWhatIsMissing(
  { ledger }: Deps,
  stored: readonly Stored[],
  { manifest: { entries }, known }: ManifestCheck,
): Promise<void> {
  const found = new Map(entries.map((entry) => [entry.lease, entry]));
  const recent = new Set(stored.map(({ lease }) => lease));
  const revoked = new Set(known.flatMap(({ lease, standing }) => (standing?.isRevoked ? [lease] : [])));
  for (const { lease, state } of entries)
    if (state === 'live' && revoked.has(lease) && !recent.has(lease)) await ledger.wantManifestEntry(lease);
  for (const { lease, serial, state, isWritten } of stored) {
    const entry = found.get(lease);
    const isMissing = state === 'live' && (entry?.serial ?? 0) < serial;
    const isBack = state === 'over' && entry !== undefined && entry.serial < serial;
    if (isWritten && (isMissing || isBack)) await ledger.wantManifestEntry(lease);
  }
}

/** The highest serial stays, because it shows a restore. What is not removed now is removed in a later pass. */
async function removeWhatIsOver(
  { ledger, manifest: access }: Deps,
  {
    stored,
    manifest,
    signal,
  }: Readonly<{ stored: readonly Stored[]; manifest: Manifest; signal: AbortSignal }>,
): Promise<void> {
  const writtenAt = new Map(stored.map((each) => [each.lease, each.writtenAt]));
  const oldest = (await ledger.now()) - KEPT_MS;
  const isOld = ({ lease, endsAt }: ManifestEntry): boolean => (writtenAt.get(lease) ?? endsAt) < oldest;
  const over = manifest.entries.filter(
    (entry) => entry.state === 'over' && entry.serial < manifest.serial && isOld(entry),
  );
  const names = [...manifest.replaced, ...over.map(entryName)].slice(0, MOST_REMOVALS);
  const failed: unknown[] = [];
  const remove = async (name: string): Promise<void> => {
    await access?.store.remove(name, signal).catch((error: unknown) => failed.push(error));
  };
  for (let done = 0; done < names.length && !signal.aborted; done += REMOVALS_AT_ONCE)
    await Promise.all(names.slice(done, done + REMOVALS_AT_ONCE).map(remove));
  if (failed.length > 0)
    throw new Error(
      `${failed.length} old objects of the manifest could not be removed: ${messageOf(failed[0])}`,
    );
}

/**
 * Leases that an earlier version granted, and those that were granted while no manifest was configured. Returns which ones got no entry,
 * with the reason.
 */
async function addEntries(deps: Deps): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { lease, provider, spec } of await deps.ledger.leasesWithoutEntry())
    try {
      if (deps.providers.has(provider) && needsManifest(targetAtProvider(deps, { provider, spec })))
        await deps.ledger.addManifestEntry(lease);
    } catch (error) {
      problems.push(`${lease} has no entry in the manifest: ${messageOf(error)}`);
    }
  return problems;
}
