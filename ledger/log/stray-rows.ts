import type { Db } from '../pool.ts';

/** So many rows are named. */
const MOST = 10;

/** The database refuses these rows, so somebody who owns it made them. Each name is the type and the id of a row. */
export type StrayRows = Readonly<{
  /** Rows without a number, or with one that no row gets. No pass of the sequencer takes them. */
  unnumbered: readonly string[];
  /** Rows that share their number. The log has one of them. */
  shared: readonly (readonly string[])[];
}>;

/** Looks for rows that could be among the answers and are not in the log: in all of them, and at the numbers of the entries `from` to `to`, without `to`. */
export async function strayRows(
  db: Db,
  { from, to }: Readonly<{ from: number; to: number }>,
): Promise<StrayRows> {
  const unnumbered = await db.query<{ name: string }>(
    `select type || ' ' || id as name from log_row where log_id is null or log_id < 1 limit $1`,
    [MOST],
  );
  const numbers = await db.query<{ logId: number }>(
    'select log_id as "logId" from log_entry where index >= $1 and index < $2',
    [from, to],
  );
  const shared = await db.query<{ names: readonly string[] }>(
    `select array_agg(type || ' ' || id order by type, id) as names from log_row
      where log_id = any ($1) group by log_id having count(*) > 1 limit $2`,
    [numbers.rows.map(({ logId }) => logId), MOST],
  );
  return {
    unnumbered: unnumbered.rows.map(({ name }) => name),
    shared: shared.rows.map(({ names }) => names),
  };
}
