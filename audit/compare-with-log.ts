import { WAITS } from '../core/waits.ts';
import type { DutyLedgers } from '../ledger/index.ts';
import { tileReader } from './log-reader.ts';
import { openCheckpoint } from './note/open.ts';
import type { Place } from './places/place.ts';
import { rootAt } from './tree/proofs.ts';
import type { LogKeys } from './update.ts';

export type Report = Readonly<Record<'info' | 'warn' | 'error', (details: object, message: string) => void>>;
export type LogDeps = Readonly<{ ledger: DutyLedgers['sequencer']; keys: LogKeys; report: Report }>;

/** Runs work for at most so many milliseconds. */
type Within = <T>(ms: number, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/**
 * How what a place has stands to the log. `unread`: nobody knows yet. `agrees`: it has a state of this log. `new`: nothing was ever published
 * there. `lost`: it shows less than was published there. `foreign`: its checkpoint is of another log, or no known key signed it.
 */
export type PlaceState = 'unread' | 'agrees' | 'new' | 'lost' | 'foreign';

/**
 * What was read in a place. `problem` is for people. `shows-nothing`: a witness that cosigned a checkpoint of `before` entries does not show it,
 * which it need not do.
 */
export type PlaceReading = Readonly<
  { state: Exclude<PlaceState, 'unread'>; problem?: string } | { state: 'shows-nothing'; before: number }
>;

/**
 * Reads what a place has and compares it with the log. A place that lost what was published there says nothing about the log, because
 * its disk may not be mounted, or somebody put an older copy there.
 */
export async function readPlace(place: Place, deps: LogDeps, within: Within): Promise<PlaceReading> {
  const { ledger, keys } = deps;
  const { ms } = place.kind === 'git' ? WAITS.logClone : WAITS.logPlace;
  const note = await within(ms, (signal) => place.newest(signal));
  const before = (await ledger.logPlaces()).find(({ name }) => name === place.name)?.size ?? 0;
  if (note === undefined) {
    if (before === 0) return { state: 'new' };
    return place.kind === 'witness' ? { state: 'shows-nothing', before } : lost(0, before);
  }
  const opened = openCheckpoint(note, keys.trusted);
  if (!opened.ok)
    return {
      state: 'foreign',
      problem: `what it has is no checkpoint that a known key of this log signed: ${opened.error}. Keep the old public key in CURFEW_LOG_PUBLIC_KEYS until every place has a checkpoint of the new one`,
    };
  if (!(await compareWithLog(place.name, note, deps))) return { state: 'foreign' };
  const { size } = opened.value;
  return size < before ? lost(size, before) : { state: 'agrees' };
}

export const lostSentence = (size: number, before: number): string =>
  `it shows ${size} entries, and ${before} were published there. Something was removed there, or an older copy was put in its place`;
const lost = (size: number, before: number): PlaceReading => ({
  state: 'lost',
  problem: lostSentence(size, before),
});

/**
 * Compares a checkpoint that is somewhere outside with the log. When a key of the log signed it, and it is not a state of this log, the
 * ledger was restored or changed: it goes into quarantine. True when it is a state of this log.
 */
export async function compareWithLog(
  where: string,
  note: string,
  { ledger, keys }: LogDeps,
): Promise<boolean> {
  const opened = openCheckpoint(note, keys.trusted);
  if (!opened.ok) return false;
  const { size, root } = opened.value;
  const progress = await ledger.logProgress();
  if (progress.size >= size && (await rootAt(size, tileReader(ledger))).equals(root)) return true;
  const differs =
    progress.size < size
      ? 'has more of the log than the ledger'
      : 'has another log than the ledger, signed with the same key';
  await ledger.quarantineForLog(
    `the ${where} ${differs}: its checkpoint has ${size} entries, and the log here has ${progress.size}. The ledger was restored from an older state, or somebody changed it`,
  );
  return false;
}
