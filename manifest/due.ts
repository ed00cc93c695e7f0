import { highestLevel } from '../core/holding.ts';
import type { Instant } from '../core/ids.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { ManifestEntry } from './entry.ts';

/** How long the reaper waits after an end, in milliseconds, so that the workflow or the sweeper ends the access first. */
export const MANIFEST_GRACE_MS = 30_000;

/**
 * An access that must be lowered now. `entry` is the newest due entry, and `due` are all of them. `remaining` is the level that
 * must be left; the error says why nobody can know it, and concerns this access only.
 */
export type DueAccess = Readonly<{
  entry: ManifestEntry;
  due: readonly ManifestEntry[];
  remaining: Result<string, string>;
}>;

type DueInput = Readonly<{
  now: Instant;
  /** The clock of the vendor, where it is known. Nothing is ended before its end by this clock, whatever `now` is (F22, I23). */
  vendorNow?: Instant;
  /** The levels of an entry's target, lowest first (`Provider.ladder`). */
  ladderOf: (entry: ManifestEntry) => readonly string[];
}>;

/**
 * The accesses with a live entry whose end was at least 30 s ago. What remains is the highest of the prior state and of the
 * live entries of the access whose end is not reached (I5, I6). The prior state of the highest serial counts, because it
 * may have been lowered. Entries that are over say nothing: they may be of an earlier holding of the account.
 */
export function dueAccesses(
  entries: readonly ManifestEntry[],
  { now, vendorNow = now, ladderOf }: DueInput,
): readonly DueAccess[] {
  const earlier = Math.min(now, vendorNow) as Instant;
  return [...byAccess(entries.filter(({ state }) => state === 'live')).values()].flatMap((live) => {
    const due = live
      .filter(({ endsAt }) => endsAt + MANIFEST_GRACE_MS <= now && endsAt <= vendorNow)
      .sort(newestFirst);
    const [entry] = due;
    return entry ? [{ entry, due, remaining: remainingLevel(live, { now: earlier, ladderOf }) }] : [];
  });
}

/** `live` are all live entries of one access. Throws when it is empty. */
export function remainingLevel(
  live: readonly ManifestEntry[],
  { now, ladderOf }: Omit<DueInput, 'vendorNow'>,
): Result<string, string> {
  const [newest] = [...live].sort(newestFirst);
  if (!newest) throw new Error('an access without a live entry has no level that remains');
  const others = live.filter(({ endsAt }) => endsAt > now).map(({ level }) => level);
  try {
    return ok(highestLevel(ladderOf(newest), [newest.prior, ...others]));
  } catch (error) {
    return no(error instanceof Error ? error.message : String(error));
  }
}

/** Names an access. Entries with the same key share it. */
export const accessKey = ({
  provider,
  targetKey,
  subject,
}: Pick<ManifestEntry, 'provider' | 'targetKey'> & Readonly<{ subject: Readonly<{ id: string }> }>): string =>
  JSON.stringify([provider, targetKey, subject.id]);

export function byAccess(entries: readonly ManifestEntry[]): ReadonlyMap<string, readonly ManifestEntry[]> {
  const groups = new Map<string, ManifestEntry[]>();
  for (const entry of entries) {
    const key = accessKey(entry);
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return groups;
}

const newestFirst = (a: ManifestEntry, b: ManifestEntry): number => b.serial - a.serial;
