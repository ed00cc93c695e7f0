import type { Instant } from '../../core/ids.ts';
import type { Db } from '../pool.ts';

/** A target at which Curfew looks for access that it did not grant. */
export type WatchedTarget = Readonly<{
  /** As the catalogue names it. */
  name: string;
  /** The entitlements of the catalogue that give it, or gave it. */
  entitlements: readonly string[];
  /** When Curfew had looked at all of it for the first time, and for the last time; null before that. */
  firstAt: Instant | null;
  lastAt: Instant | null;
  /** Why the last look failed; null when it succeeded. */
  problem: string | null;
}>;

const MS = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/** `most` targets of a provider after the first `from`, by their names. */
export async function watchedTargetsAt(
  db: Db,
  provider: string,
  { from, most }: Readonly<{ from: number; most: number }>,
): Promise<readonly WatchedTarget[]> {
  const { rows } = await db.query<WatchedTarget>(
    `select target_name as name, entitlements, ${MS('first_looked_at')} as "firstAt", ${MS('last_looked_at')} as "lastAt", problem
       from audit.target where provider = $1 order by target_name limit $2 offset $3`,
    [provider, most, from],
  );
  return rows;
}
