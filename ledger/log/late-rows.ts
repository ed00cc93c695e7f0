import type { Db } from '../pool.ts';
import {
  addGaps,
  appenders,
  type Gap,
  hasGaps,
  isAnyPrepared,
  missingWithin,
  readDueGaps,
  removeGaps,
} from './gaps.ts';
import { type NumberedRow, ROW } from './rows.ts';

/** A pass looks into so many gaps. Each costs a look into each table of the log, so many more would take longer than a statement may. */
const MOST_GAPS = 2_000;

/**
 * Up to `most` rows in gaps that are visible now, in the order of their numbers. The transactions that may bring a missing row are read before the
 * rows: when all of them ended and the row is still not visible, it was rolled back, and its gap is over. Nothing is new in a gap whose transactions are all
 * still open.
 */
export async function takeLateRows(db: Db, most: number): Promise<readonly NumberedRow[]> {
  if (!(await hasGaps(db))) return [];
  const open = new Set(await appenders(db));
  const isPrepared = await isAnyPrepared(db);
  const gaps = await readDueGaps(db, isPrepared ? { open: [] } : { open: [...open], most: MOST_GAPS });
  if (gaps.length === 0) return [];
  const { rows } = await db.query<NumberedRow>(
    `select row.* from unnest($1::bigint[], $2::bigint[]) as gap (first, last)
       cross join lateral (select log_id as "logId", ${ROW} from log_row where log_id between gap.first and gap.last order by log_id limit $3) row
      order by "logId" limit $3`,
    [gaps.map(({ first }) => first), gaps.map(({ last }) => last), most],
  );
  const isWhole = rows.length < most; // Else a row of a gap that is visible may have been left out.
  const visible = rows.map(({ logId }) => logId);
  const kept = gaps.flatMap((gap) =>
    isWhole && !isPrepared
      ? keptOf({ ...gap, holders: gap.holders.filter((holder) => open.has(holder)) }, visible)
      : missingIn(gap, visible),
  );
  await removeGaps(db, gaps);
  await addGaps(db, kept);
  return rows;
}

const missingIn = (gap: Gap, visible: readonly number[]): readonly Gap[] =>
  missingWithin(gap, visible).map((range) => ({ ...range, holders: gap.holders }));

/** A gap that no open transaction has is over. */
const keptOf = (gap: Gap, visible: readonly number[]): readonly Gap[] =>
  gap.holders.length === 0 ? [] : missingIn(gap, visible);
