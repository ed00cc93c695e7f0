import type { Db } from '../pool.ts';
import type { PublishedCheckpoint } from './checkpoints.ts';
import { purgedEntries } from './purged.ts';
import { type LogRow, rowsOfEntries } from './rows.ts';
import { type LogTile, readTiles, type TilePlace } from './tiles.ts';

/** What the ledger has of some entries of the log at one moment. The rows are in order. One that is missing is undefined. */
export type LogPart = Readonly<{
  rows: readonly (LogRow | undefined)[];
  /** The indices of those whose rows are gone with a purge. */
  purged: ReadonlySet<number>;
  tiles: readonly LogTile[];
  /** The published checkpoints that end within the part, the smallest first. */
  checkpoints: readonly Pick<PublishedCheckpoint, 'size' | 'note'>[];
}>;

/** Reads the entries `from` to `to`, without `to`, and these tiles. Call it in a transaction of its own. */
export async function readLogPart(
  db: Db,
  { from, to, tiles }: Readonly<{ from: number; to: number; tiles: readonly TilePlace[] }>,
): Promise<LogPart> {
  await db.query('set transaction isolation level repeatable read, read only');
  const { rows: checkpoints } = await db.query<{ size: number; note: string }>(
    'select size, note from log_checkpoint where size > $1 and size <= $2 order by size',
    [from, to],
  );
  return {
    rows: await rowsOfEntries(db, from, to),
    purged: new Set((await purgedEntries(db, from, to)).map(({ index }) => index)),
    tiles: await readTiles(db, tiles),
    checkpoints,
  };
}
