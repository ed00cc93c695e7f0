import type { Db } from '../pool.ts';

/**
 * The transactions that may have inserted a row that is not visible yet, into any table whose rows get a number of the log. Whoever takes the number of a row has a lock on its table
 * until its transaction ends, and everybody can see these locks. What others have open, such as a dump, is not among them: a
 * reader has another kind of lock.
 */
export async function appenders(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ holder: string }>(
    `select distinct virtualtransaction as holder from pg_locks
      where locktype = 'relation' and mode = 'RowExclusiveLock'
        and database = (select oid from pg_database where datname = current_database())
        and relation in (select a.attrelid from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                          where a.attname = 'log_id' and pg_get_expr(d.adbin, d.adrelid) like '%nextval(''log_id''%')`,
  );
  return rows.map(({ holder }) => holder);
}

/** Numbers from `first` to `last` whose rows were not visible, and the transactions that may still bring them. */
export type Gap = Readonly<{ first: number; last: number; holders: readonly string[] }>;

export async function hasGaps(db: Db): Promise<boolean> {
  const { rows } = await db.query('select from log_gap limit 1');
  return rows.length > 0;
}

/** The first gaps in which a row may be visible by now: at least one of the transactions that could have it is not open. */
export async function readDueGaps(
  db: Db,
  { open, most = null }: Readonly<{ open: readonly string[]; most?: number | null }>,
): Promise<readonly Gap[]> {
  const { rows } = await db.query<Gap>(
    `select first, last, holders from log_gap where holders = '{}' or not holders <@ $1::text[] order by first limit $2`,
    [open, most],
  );
  return rows;
}

/** A transaction that was prepared keeps its locks under another name after the server was restarted. So no gap is over while there is one. */
export async function isAnyPrepared(db: Db): Promise<boolean> {
  const { rows } = await db.query(
    'select from pg_prepared_xacts where database = current_database() limit 1',
  );
  return rows.length > 0;
}

/** The ranges of numbers from `first` to `last` that are not among the visible ones, which are in order. */
export function missingWithin(
  { first, last }: Readonly<{ first: number; last: number }>,
  visible: readonly number[],
): readonly Readonly<{ first: number; last: number }>[] {
  const missing: { first: number; last: number }[] = [];
  let next = first;
  for (const number of visible) {
    if (number < first || number > last) continue;
    if (number > next) missing.push({ first: next, last: number - 1 });
    next = number + 1;
  }
  if (next <= last) missing.push({ first: next, last });
  return missing;
}

export const addGaps = (db: Db, gaps: readonly Gap[]) =>
  db.query(
    `insert into log_gap (first, last, holders)
     select first, last, array(select jsonb_array_elements_text(holders)) from jsonb_to_recordset($1) gap (first bigint, last bigint, holders jsonb)`,
    [JSON.stringify(gaps)],
  );

export const removeGaps = (db: Db, gaps: readonly Gap[]) =>
  db.query('delete from log_gap where first = any ($1)', [gaps.map(({ first }) => first)]);

/**
 * Looks at the numbers from `from` to `to`, without `to`, for rows that the log does not have, and makes gaps of them, so that the
 * next pass takes them. There is none unless somebody changed the tables of the log by hand.
 */
export async function findMissedRows(db: Db, from: number, to: number): Promise<number> {
  const { rowCount } = await db.query(
    `insert into log_gap (first, last, holders)
     select r.log_id, r.log_id, '{}' from log_row r
      where r.log_id >= $1 and r.log_id < $2 and r.log_id <= (select seen_to from log_state)
        and not exists (select from log_entry x where x.log_id = r.log_id)
        and not exists (select from log_gap g where r.log_id between g.first and g.last)
     on conflict do nothing`,
    [from, to],
  );
  return rowCount ?? 0;
}
