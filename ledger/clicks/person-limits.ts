import { type LimitedKind, OverLimit, PERSON_LIMITS } from '../../core/person-limits.ts';
import type { Db } from '../pool.ts';

/**
 * Counts that somebody does something. Above the limit of one person it throws `OverLimit`, and the attempts are counted in the same row. `who`: the
 * person, or the account that nobody has.
 */
export async function countAttempt(db: Db, who: string, kind: LimitedKind): Promise<void> {
  const { most, minutes } = PERSON_LIMITS[kind];
  const { rows } = await db.query<{ count: number; again_at: Date }>(
    `insert into attempt_count as c (who, kind) values ($1, $2)
     on conflict (who, kind) do update set
       began_at = case when ${IS_OVER} then ledger_now() else c.began_at end,
       count = case when ${IS_OVER} then 1 else c.count + 1 end,
       over = c.over + case when not ${IS_OVER} and c.count >= $4 then 1 else 0 end
     returning count, began_at + $3 * interval '1 minute' as again_at`,
    [who, kind, minutes, most],
  );
  const [counted] = rows;
  if (counted && counted.count > most)
    throw new OverLimit(kind, {
      again: counted.again_at.toISOString().slice(0, 16).replace('T', ' '),
      isFirst: counted.count === most + 1,
    });
}

/** How often somebody tried something above a limit, in all. */
export type OverLimits = Readonly<{ who: string; kind: string; over: number }>;

/** Who tried something above a limit in the last day, the most attempts first. At most ten. */
export async function overLimits(db: Db): Promise<readonly OverLimits[]> {
  const { rows } = await db.query<OverLimits>(
    `select who, kind, over from attempt_count
      where over > 0 and began_at > ledger_now() - interval '1 day' order by over desc, who, kind limit 10`,
  );
  return rows;
}

/** The time of the limit is over. A beginning in the future is of a clock that was ahead. */
const IS_OVER = `(c.began_at not between ledger_now() - $3 * interval '1 minute' and ledger_now())`;
