import type { Db } from '../pool.ts';

/**
 * A row that goes into the log. `id` names it within its type. `at` is its time in RFC 3339 UTC with milliseconds. Only events have a
 * step and say what they came through.
 */
export type LogRow = Readonly<{
  type: string;
  id: string;
  at: string;
  body: unknown;
  step: string | null;
  via: string | null;
}>;

/** A row with its number, in the order in which rows were inserted. */
export type NumberedRow = LogRow & Readonly<{ logId: number }>;

/** A row with its index in the log; null while the log does not have it. */
export type IndexedRow = LogRow & Readonly<{ index: number | null }>;

/** The columns of `log_row`, for `LogRow`. */
export const ROW = `type, id, body, step, via,
  to_char(date_trunc('milliseconds', at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`;

/**
 * The rows of the entries `from` to `to`, without `to`, each in its place. A row that is missing in its table, and an entry that the
 * log does not have, are undefined.
 */
export async function rowsOfEntries(
  db: Db,
  from: number,
  to: number,
): Promise<readonly (LogRow | undefined)[]> {
  const { rows: places } = await db.query<{ index: number; logId: number }>(
    'select index, log_id as "logId" from log_entry where index >= $1 and index < $2',
    [from, to],
  );
  const { rows } = await db.query<NumberedRow>(
    `select log_id as "logId", ${ROW} from log_row where log_id = any ($1)`,
    [places.map(({ logId }) => logId)],
  );
  const byNumber = new Map(rows.map(({ logId, ...row }) => [logId, row]));
  const byIndex = new Map(places.map(({ index, logId }) => [index, byNumber.get(logId)]));
  return Array.from({ length: to - from }, (_, at) => byIndex.get(from + at));
}

/** The entries that say what these requests are for: who requested what, which account and level each lease has, and whether it was granted. */
export async function accessEntries(
  db: Db,
  requests: readonly string[],
): Promise<readonly (IndexedRow & Readonly<{ index: number }>)[]> {
  const { rows } = await db.query<IndexedRow & { index: number }>(
    `select x.index, ${ROW} from (
       select log_id, 'event' as type, request_id || '/' || seq as id, at, body, step, via from event
        where request_id = any ($1) and kind in ('requested', 'intended', 'granted')) e
       join log_entry x using (log_id) order by x.index`,
    [requests],
  );
  return rows;
}
