import type { Instant } from '../core/ids.ts';
import { CANCELLED, type Db } from './pool.ts';

/** A count goes no further than `most` + 1, and takes no longer than `withinMs` milliseconds, so that no page waits for it. */
export type CountLimit = Readonly<{ most: number; withinMs: number }>;

/** How many rows were counted, and the time of the newest of them. */
export type CountAndNewest = Readonly<{ count: number; newest?: Instant }>;

/** Counts the rows of a statement that selects a column `at`. Undefined when that takes too long. The transaction is over then. */
export async function countWithin(
  db: Db,
  { sql, values }: Readonly<{ sql: string; values: readonly unknown[] }>,
  withinMs: number,
): Promise<CountAndNewest | undefined> {
  await db.query(`select set_config('statement_timeout', $1, true)`, [String(Math.ceil(withinMs))]);
  try {
    const { rows } = await db.query<{ count: number; newest: number | null }>(
      `select count(*)::float8 as count, (extract(epoch from max(at)) * 1000)::float8 as newest from (${sql}) counted`,
      [...values],
    );
    const [{ count, newest } = { count: 0, newest: null }] = rows;
    return { count, ...(newest === null ? {} : { newest: Math.floor(newest) as Instant }) };
  } catch (error) {
    if ((error as { code?: string }).code === CANCELLED) return undefined;
    throw error;
  }
}
