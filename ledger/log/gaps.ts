import type { Db } from '../pool.ts';

/**
 * The transactions that may have inserted a row that is not visible yet. Whoever takes the number of a row has a lock on its table
 * until its transaction ends, and everybody can see these locks. What others have open, such as a dump, is not among them: a
 * reader has another kind of lock.
 */
export async function appenders(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ holder: string }>(
    `select distinct virtualtransaction as holder from pg_locks
      where locktype = 'relation' and mode = 'RowExclusiveLock'
        and database = (select oid from pg_database where datname = current_database())
        and relation in ('event'::regclass, 'finding_decision'::regclass, 'mass_ending'::regclass,
                         'mass_ending_lift'::regclass, 'mass_ending_cut_off'::regclass, 'log_beginning'::regclass,
                         'erasure'::regclass)`,
  );
  return rows.map(({ holder }) => holder);
}

/** Numbers whose row was not visible, and the transactions that may still bring it. */
export type Gap = Readonly<{ logId: number; holders: readonly string[] }>;

export async function readGaps(db: Db): Promise<readonly Gap[]> {
  const { rows } = await db.query<Gap>('select log_id as "logId", holders from log_gap');
  return rows;
}

/** The numbers after `after` that are not among the visible ones, up to the last of these. */
export function missingBetween(after: number, visible: readonly number[]): readonly number[] {
  const missing: number[] = [];
  let expected = after + 1;
  for (const logId of visible) {
    for (; expected < logId; expected += 1) missing.push(expected);
    expected = logId + 1;
  }
  return missing;
}

export const addGaps = (db: Db, logIds: readonly number[], holders: readonly string[]) =>
  db.query('insert into log_gap (log_id, holders) select unnest($1::bigint[]), $2 on conflict do nothing', [
    logIds,
    holders,
  ]);

export const removeGaps = (db: Db, logIds: readonly number[]) =>
  db.query('delete from log_gap where log_id = any ($1)', [logIds]);

/**
 * Looks at the numbers from `from` to `to`, without `to`, for rows that the log does not have, and makes gaps of them, so that the
 * next pass takes them. There is none unless somebody changed the tables of the log by hand.
 */
export async function findMissed(db: Db, from: number, to: number): Promise<number> {
  const { rowCount } = await db.query(
    `insert into log_gap (log_id, holders)
     select r.log_id, '{}' from log_row r
      where r.log_id >= $1 and r.log_id < $2 and r.log_id <= (select seen_to from log_state)
        and not exists (select from log_entry x where x.log_id = r.log_id)
     on conflict do nothing`,
    [from, to],
  );
  return rowCount ?? 0;
}
