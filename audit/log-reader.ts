import type { LogLedger, LogRow } from '../ledger/index.ts';
import { entryOf, type LogEntry } from './entry.ts';
import { bodyPath, entriesPath, tilePath } from './places/paths.ts';
import type { LogFile } from './places/place.ts';
import { leafHash } from './tree/hash.ts';
import type { ReadTile } from './tree/proofs.ts';
import { hashesIn, TILE_WIDTH, widthOf } from './tree/tiles.ts';

/** A row of the ledger is not what the log has in its place. Somebody changed the database by hand. */
export class LogAltered extends Error {
  override readonly name = 'LogAltered';
}

/** Reads tiles, each once. */
export function tileReader(ledger: Pick<LogLedger, 'readLogTile'>): ReadTile {
  const read = new Map<string, Promise<Buffer>>();
  return (place) => {
    const key = `${place.level}/${place.n}`;
    const known = read.get(key) ?? ledger.readLogTile(place);
    read.set(key, known);
    return known;
  };
}

/**
 * The entries `from` to `to`, without `to`. Throws `LogAltered` when a row is not the one whose hash the tree has: such an entry is
 * not published.
 */
export async function readEntries(
  ledger: Pick<LogLedger, 'readLogTile' | 'rowsOfEntries'>,
  from: number,
  to: number,
): Promise<readonly LogEntry[]> {
  const rows = await ledger.rowsOfEntries(from, to);
  const read = tileReader(ledger);
  const entries: LogEntry[] = [];
  for (const [at, row] of rows.entries()) entries.push(await readEntry(row, from + at, read));
  if (entries.length !== to - from)
    throw new LogAltered(`the log has no entries ${from + entries.length} to ${to}`);
  return entries;
}

/** The entry of a row. Throws `LogAltered` when the tree does not have it at this index. */
export async function readEntry(row: LogRow | undefined, index: number, read: ReadTile): Promise<LogEntry> {
  const entry = row && entryOf(row);
  const hashes = hashesIn(await read({ level: 0, n: Math.floor(index / TILE_WIDTH) }));
  if (entry && hashes[index % TILE_WIDTH]?.equals(leafHash(entry.bytes))) return entry;
  throw new LogAltered(alteredEntry(index, row));
}

/** Says that the tree does not have this row at this index. */
export const alteredEntry = (index: number, row: LogRow | undefined): string =>
  `entry ${index} of the log is ${row ? `not the row "${row.id}" any more` : 'not in its table any more'}`;

type Ledger = Pick<LogLedger, 'readLogTile' | 'rowsOfEntries' | 'purgedEntries'>;

/**
 * The files that a place with the first `from` entries lacks of the first `to`: long bodies, entry bundles, and tiles. A bundle with a
 * purged entry is left out, so a place that is new after a purge has only the hashes of its entries.
 */
export async function* filesBetween(ledger: Ledger, from: number, to: number): AsyncIterable<LogFile> {
  for (let n = Math.floor(from / TILE_WIDTH); n * TILE_WIDTH < to; n += 1) {
    const end = Math.min(to, (n + 1) * TILE_WIDTH);
    if ((await ledger.purgedEntries(n * TILE_WIDTH, end)).length > 0) continue;
    const entries = await readEntries(ledger, n * TILE_WIDTH, end);
    for (const { longBody } of entries)
      if (longBody) yield { path: bodyPath(longBody.sha256), bytes: Buffer.from(longBody.text) };
    yield { path: entriesPath(n, end - n * TILE_WIDTH), bytes: bundleOf(entries) };
  }
  const read = tileReader(ledger);
  for (let level = 0; widthOf(level, to) > 0; level += 1)
    for (let n = Math.floor(widthOf(level, from) / TILE_WIDTH); n * TILE_WIDTH < widthOf(level, to); n += 1) {
      const width = Math.min(TILE_WIDTH, widthOf(level, to) - n * TILE_WIDTH);
      const hashes = hashesIn(await read({ level, n })).slice(0, width);
      yield { path: tilePath(level, n, width), bytes: Buffer.concat(hashes) };
    }
}

/** An entry bundle of C2SP tlog-tiles: each entry after its length in 16 bits. */
const bundleOf = (entries: readonly LogEntry[]): Buffer =>
  Buffer.concat(
    entries.flatMap(({ bytes }) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
