import type { Examination, LogLedger, LogPart, PublishedCheckpoint } from '../ledger/index.ts';
import type { Report } from './compare-with-log.ts';
import { examineAccess, grantedIn } from './examine-access.ts';
import { examineRows } from './examine-rows.ts';
import { type Comparison, comparison, type ReadHash } from './examine-entries.ts';
import { tileReader } from './log-reader.ts';
import { openCheckpoint } from './note/open.ts';
import { type Frontier, rootOfFrontier } from './tree/frontier.ts';
import { HASH_BYTES } from './tree/hash.ts';
import { frontierAt, TileTooShort } from './tree/proofs.ts';
import { TILE_WIDTH, type TilePlace, widthOf } from './tree/tiles.ts';
import type { LogKeys } from './update.ts';

export type ExaminedLog = Pick<LogKeys, 'name' | 'trusted'>;

/** `days`: how often the whole log is examined. */
type Options = Readonly<{ report: Report; days: number }>;

/** How many entries are read at once: four tiles. A step goes on to the next checkpoint. */
const ENTRIES_AT_ONCE = 4 * TILE_WIDTH;
const LEASES_AT_ONCE = ENTRIES_AT_ONCE / 2;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A step that failed is due again after so many milliseconds. */
const RETRY_MS = 60_000;

/**
 * Examines the log in the background. Each call does the next step when it is due: it hashes old entries again, compares them with the tree and with the
 * signed checkpoints, and compares the answers about access with the events. A difference begins a quarantine. Several processes may call it. It
 * throws when the ledger does not answer, or when no known key signed the checkpoints; the step is due again then.
 */
export function examination(
  ledger: LogLedger,
  log: ExaminedLog,
  { report, days }: Options,
): () => Promise<void> {
  return async () => {
    const claimed = await ledger.claimExamination({ days, forMs: RETRY_MS });
    const pass = claimed && (await passOf(ledger, log, claimed));
    if (!claimed || !pass) return;
    const step = await examineStep(ledger, log, pass);
    if (step.differences.length > 0) {
      report.error({ differences: step.differences }, 'what is recorded is not what was signed');
      await ledger.quarantineForDifferences(step.differences);
    }
    await ledger.saveExamination(claimed, {
      now: {
        ...pass,
        next: step.end,
        leaseAfter: step.leaseAfter,
        differences: pass.differences + step.differences.length,
      },
      isLast: step.end >= pass.size,
      pauseMs: pauseAfter(step.end - pass.next, pass.size, days),
    });
  };
}

/** How long to wait after so many of `size` entries, in milliseconds, so that all of them together take at most these days. */
export const pauseAfter = (entries: number, size: number, days: number): number =>
  Math.min(HOUR_MS, (days * DAY_MS * entries) / Math.max(size, entries));

/** The pass that goes on, or a new one up to the newest checkpoint. Undefined while nothing was published. */
async function passOf(
  ledger: LogLedger,
  { name, trusted }: ExaminedLog,
  claimed: Examination,
): Promise<Examination | undefined> {
  if (claimed.log === name && claimed.size > 0) return claimed;
  const newest = await ledger.newestCheckpoint();
  if (!newest) return undefined;
  const opened = openCheckpoint(newest.note, trusted);
  if (!opened.ok) throw new Error(`no known key signed the newest checkpoint of the ledger: ${opened.error}`);
  return { log: name, size: opened.value.size, next: 0, leaseAfter: '', differences: 0 };
}

type Step = Readonly<{ end: number; leaseAfter: string; differences: readonly string[] }>;

async function examineStep(ledger: LogLedger, { trusted }: ExaminedLog, pass: Examination): Promise<Step> {
  const end = await signedEnd(ledger, trusted, Math.min(pass.next + ENTRIES_AT_ONCE, pass.size));
  const compared = comparison(pass.next, await signedFrontier(ledger, trusted, pass.next));
  const differences: string[] = [];
  let { leaseAfter } = pass;
  let isAllAccess = false;
  for (let from = pass.next; from < end; from += ENTRIES_AT_ONCE) {
    const to = Math.min(from + ENTRIES_AT_ONCE, end);
    const part = await ledger.readLogPart({ from, to, tiles: tilesOf(from, to) });
    compareWith(compared, trusted, part, from);
    const requests = [...new Set(part.rows.flatMap((row) => grantedIn(row) ?? []))];
    const most = Math.ceil((to - from) / 2);
    const access = await examineAccess(ledger, { requests, after: leaseAfter, most });
    differences.push(...access.differences, ...(await examineRows(ledger, from, to)));
    leaseAfter = access.last ?? leaseAfter;
    isAllAccess = access.last === undefined;
  }
  while (end >= pass.size && !isAllAccess) {
    const access = await examineAccess(ledger, { requests: [], after: leaseAfter, most: LEASES_AT_ONCE });
    differences.push(...access.differences);
    leaseAfter = access.last ?? leaseAfter;
    isAllAccess = access.last === undefined;
  }
  return { end, leaseAfter, differences: [...new Set([...compared.differences(), ...differences])] };
}

/** The end of the first checkpoint of at least this size that a known key signed. An older key may have signed others. */
async function signedEnd(ledger: LogLedger, trusted: LogKeys['trusted'], size: number): Promise<number> {
  for (let least = size; ;) {
    const checkpoint = await ledger.checkpointFrom(least);
    if (!checkpoint) throw new Error(`no known key signed a checkpoint of ${size} entries or more`);
    if (rootIn(checkpoint, trusted)) return checkpoint.size;
    least = checkpoint.size + 1;
  }
}

/** The root in a checkpoint; undefined when no known key signed it for this size. */
function rootIn(
  { size, note }: Pick<PublishedCheckpoint, 'size' | 'note'>,
  trusted: LogKeys['trusted'],
): Buffer | undefined {
  const opened = openCheckpoint(note, trusted);
  return opened.ok && opened.value.size === size ? opened.value.root : undefined;
}

/** The frontier of the first `size` entries by the tiles, when its root is signed. Undefined when somebody changed the tiles. */
async function signedFrontier(
  ledger: LogLedger,
  trusted: LogKeys['trusted'],
  size: number,
): Promise<Frontier | undefined> {
  if (size === 0) return [];
  const checkpoint = await ledger.checkpointAt(size);
  const root = checkpoint && rootIn(checkpoint, trusted);
  if (!root) return undefined;
  const readLogTile = async (tile: TilePlace): Promise<Buffer> =>
    (await ledger.readLogPart({ from: size, to: size, tiles: [tile] })).tiles[0]?.hashes ?? Buffer.alloc(0);
  const frontier = await frontierAt(size, tileReader({ readLogTile })).catch((error: unknown) => {
    if (error instanceof TileTooShort) return undefined;
    throw error;
  });
  return frontier && rootOfFrontier(frontier).equals(root) ? frontier : undefined;
}

/** The tiles that have the hashes of these entries, and those above that they complete. */
function tilesOf(from: number, to: number): readonly TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0; level === 0 || widthOf(level, to) > widthOf(level, from); level += 1)
    for (let n = Math.floor(widthOf(level, from) / TILE_WIDTH); n * TILE_WIDTH < widthOf(level, to); n += 1)
      places.push({ level, n });
  return places;
}

function compareWith(compared: Comparison, trusted: LogKeys['trusted'], part: LogPart, from: number): void {
  const tiles = new Map(part.tiles.map(({ level, n, hashes }) => [`${level}/${n}`, hashes]));
  const read: ReadHash = (level, number) => {
    const start = (number % TILE_WIDTH) * HASH_BYTES;
    const hash = tiles
      .get(`${level}/${Math.floor(number / TILE_WIDTH)}`)
      ?.subarray(start, start + HASH_BYTES);
    return hash?.length === HASH_BYTES ? hash : undefined;
  };
  const roots = new Map(part.checkpoints.map((each) => [each.size, rootIn(each, trusted)]));
  for (const [at, row] of part.rows.entries()) {
    const index = from + at;
    compared.entry({ row, isPurged: part.purged.has(index), leaf: read(0, index) }, read);
    const root = roots.get(index + 1);
    if (root) compared.checkpoint(root);
  }
}
