import type { Instant } from '../../core/ids.ts';
import { type Db, toInstant } from '../pool.ts';

/** An entry of the log whose row is gone with a purge, by the id of the purge. `leaf` is its hash, which the tree keeps. */
export type PurgedEntry = Readonly<{ index: number; purge: string; leaf: Buffer }>;

/** The purged entries among the entries `from` to `to`, without `to`, in order. */
export async function purgedEntries(db: Db, from: number, to: number): Promise<readonly PurgedEntry[]> {
  const { rows } = await db.query<PurgedEntry>(
    `select p.index, p.purge, substr(t.hashes, (p.index % 256 * 32 + 1)::integer, 32) as leaf
       from purged_entry p join log_tile t on t.level = 0 and t.n = p.index / 256
      where p.index >= $1 and p.index < $2 order by p.index`,
    [from, to],
  );
  return rows;
}

/** The requests that were made before this time are gone from the ledger. Undefined while nothing was purged. */
export async function purgedBefore(db: Db): Promise<Instant | undefined> {
  const { rows } = await db.query<{ before: Date | null }>(
    'select max(before_at) as before from audit.purge',
  );
  const before = rows[0]?.before;
  return before ? toInstant(before) : undefined;
}
