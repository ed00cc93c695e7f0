import type { Db } from './pool.ts';

/** A queue: the rows of a table that are due, and how they are taken. Each text is SQL. */
type Queue = Readonly<{
  table: string;
  /** The column that names a row, or the rows that are taken together. */
  key: string;
  /** The column with the time from which on a row is due. Null: it is not due at all. */
  dueAt: string;
  /** A taken row is due again after this interval, unless somebody ends its work before. */
  againAfter: string;
  /** The rows count how often they were taken, in the column `tries`. */
  isCounted?: boolean;
  /** Which of the rows that are due, as `due`, may be taken. `values` are its `$2`, `$3` and so on. */
  where?: string;
  values?: readonly unknown[];
  /** The order in which rows are taken. Left out: the row that has been due longest comes first. */
  order?: string;
  /** How many are taken at most. Left out: one. */
  limit?: number;
  returning: string;
}>;

/**
 * Takes rows that are due, and makes them due again later: another process takes them when this one does not
 * finish. A row that another process takes at this moment is passed over. The rows are chosen once, whatever the plan of the statement.
 */
export async function takeDue<Row extends object>(
  db: Db,
  {
    table,
    key,
    dueAt,
    againAfter,
    isCounted = false,
    where = 'true',
    values = [],
    order = dueAt,
    limit = 1,
    returning,
  }: Queue,
): Promise<readonly Row[]> {
  const { rows } = await db.query<Row>(
    `update ${table} set ${isCounted ? 'tries = tries + 1, ' : ''}${dueAt} = ledger_now() + ${againAfter}
      where ${key} = any (array(select ${key} from ${table} due where ${dueAt} <= ledger_now() and ${where}
                                 order by ${order} limit $1 for update skip locked))
      returning ${returning}`,
    [limit, ...values],
  );
  return rows;
}
