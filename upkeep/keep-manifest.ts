import { messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import { entryName, type ManifestEntry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/read.ts';
import { type Checked, checkManifest } from '../requests/check-manifest.ts';
import type { Deps } from '../requests/deps.ts';
import { decideQuarantineAnswer } from '../requests/end-quarantine.ts';
import { needsManifest, writeEntry } from '../requests/manifest.ts';
import { targetAtProvider } from '../requests/lease-at-provider.ts';

/** Entries that are over stay for a day, so that a restore from a backup of the last night still shows. */
const KEPT_MS = 24 * 3_600_000;
const MOST_WRITES = 200;

type Stored = Awaited<ReturnType<Deps['ledger']['storedEntries']>>[number];

/**
 * Compares the manifest with the ledger, decides about a quarantine that somebody wants to end, and makes the manifest what the
 * ledger says: it writes what could not be written before, and removes what counts no more. Returns what is wrong with the manifest.
 */
export async function keepManifest(deps: Deps): Promise<readonly string[]> {
  if (!deps.manifest) return [];
  const signal = AbortSignal.timeout(WAITS.attempt.ms);
  const problems: string[] = [];
  const attempt = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => void problems.push(messageOf(error)));
  await attempt(async () => {
    const stored = await deps.ledger.storedEntries(); // Before the manifest, so that what is missing there is really missing.
    const checked = await checkManifest(deps, signal);
    if (!checked) return;
    problems.push(
      ...checked.manifest.problems.map((problem) => `the manifest has a foreign object ${problem}`),
    );
    if (checked.reason !== undefined) problems.push(`the ledger is in quarantine: ${checked.reason}`);
    await wantWhatIsMissing(deps, stored, checked);
    await removeWhatIsOver(deps, { stored, manifest: checked.manifest, signal });
  });
  for (const answer of await deps.ledger.openQuarantineAnswers())
    await attempt(() => decideQuarantineAnswer(deps, answer, signal));
  await attempt(() => addEntries(deps));
  for (const lease of await deps.ledger.takeUnwrittenEntries(MOST_WRITES))
    await attempt(() => writeEntry(deps, lease, signal));
  return problems;
}

/** An object may be removed or put back by hand. Its lease is written again with the next serial. */
async function wantWhatIsMissing(
  { ledger }: Deps,
  stored: readonly Stored[],
  { manifest: { entries }, known }: Checked,
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

/** The highest serial stays, because it shows a restore. */
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
  for (const name of [...manifest.replaced, ...over.map(entryName)]) await access?.store.remove(name, signal);
}

/** Leases that an earlier version granted, and those that were granted while no manifest was configured. */
async function addEntries(deps: Deps): Promise<void> {
  for (const { lease, provider, spec } of await deps.ledger.leasesWithoutEntry())
    if (deps.providers.has(provider) && needsManifest(targetAtProvider(deps, { provider, spec })))
      await deps.ledger.addManifestEntry(lease);
}
