import type { Db } from '../pool.ts';
import { addGaps, appenders, missingWithin } from './gaps.ts';
import { takeLateRows } from './late-rows.ts';
import { type NumberedRow, ROW } from './rows.ts';
import { type LogTile, readTiles, type TilePlace, writeTiles } from './tiles.ts';

/** How the tree grows. The ledger stores it and does not know how it is computed. */
export type TreeRules = Readonly<{
  /** The tiles of a tree of `size` entries that an append changes. */
  openTiles(size: number): readonly TilePlace[];
  /** The tiles that are new or longer after these rows. */
  append(size: number, open: readonly LogTile[], rows: readonly NumberedRow[]): readonly LogTile[];
}>;

/** What one pass added. `size` is that of the log after it. */
export type SequenceResult = Readonly<{ size: number; rows: readonly NumberedRow[] }>;

/** Thrown when the setting names another log than the one whose entries the ledger has. */
export class OtherLogError extends Error {}

/**
 * Adds up to `most` rows to the log that are committed and not in it yet, in the order of their numbers. It waits for no other
 * transaction: a row that becomes visible later is added later. Undefined when another process is doing it just now. Call it in a
 * transaction.
 */
export async function sequence(
  db: Db,
  { name, most, rules }: Readonly<{ name: string; most: number; rules: TreeRules }>,
): Promise<SequenceResult | undefined> {
  // Each statement must see what was committed before it, and what is published must survive a crash, whatever the database's defaults are.
  await db.query('set transaction isolation level read committed');
  await db.query('set local synchronous_commit = on');
  const state = await lockState(db);
  if (!state) return undefined;
  if (state.name !== null && state.name !== name)
    throw new OtherLogError(`the ledger has the log "${state.name}", and CURFEW_LOG_NAME is "${name}"`);
  const rows = await takeRows(db, state.seenTo, most);
  if (rows.length === 0) return { size: state.size, rows };
  const open = await readTiles(db, rules.openTiles(state.size));
  await writeTiles(db, rules.append(state.size, open, rows));
  const size = state.size + rows.length;
  await db.query(
    `insert into log_entry (index, log_id)
     select $1 + at - 1, log_id from unnest($2::bigint[]) with ordinality as row (log_id, at)`,
    [state.size, rows.map(({ logId }) => logId)],
  );
  await db.query('update log_state set name = $1, size = $2, seen_to = $3', [
    name,
    size,
    Math.max(state.seenTo, rows.at(-1)?.logId ?? 0),
  ]);
  return { size, rows };
}

type State = Readonly<{ name: string | null; size: number; seenTo: number }>;

/** One process at a time adds to the log. */
async function lockState(db: Db): Promise<State | undefined> {
  const { rows } = await db.query<State>(
    'select name, size, seen_to as "seenTo" from log_state for update skip locked',
  );
  return rows[0];
}

/**
 * One more transaction of every new gap. A transaction that ended after the rows were read and before the locks were read is in neither, so the next pass
 * looks into the gap once, also when all others are still open.
 */
const ENDED = 'ended';

/** The next rows, after those that were missed before. Numbers between them whose rows are not visible become gaps. */
async function takeRows(db: Db, seenTo: number, most: number): Promise<readonly NumberedRow[]> {
  const late = await takeLateRows(db, most);
  const { rows } = await db.query<NumberedRow>(
    `select log_id as "logId", ${ROW} from log_row where log_id > $1 order by log_id limit $2`,
    [seenTo, most - late.length],
  );
  const visible = rows.map(({ logId }) => logId);
  const missing = missingWithin({ first: seenTo + 1, last: visible.at(-1) ?? seenTo }, visible);
  if (missing.length > 0) {
    const holders = await appenders(db);
    await addGaps(
      db,
      missing.map((range) => ({ ...range, holders: [...holders, ENDED] })),
    );
  }
  return [...late, ...rows];
}
