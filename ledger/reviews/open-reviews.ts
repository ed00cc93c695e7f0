import type { Instant, PersonId } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import type { Db } from '../pool.ts';

/** A review about which people may have to be told something. */
export type ReviewToTell = Readonly<{ id: ReviewId; openedAt: Instant; due: Instant; isFinished: boolean }>;

/**
 * The reviews `r` of the last 400 days: a review is due after at most a year, and a month later nobody expects that it is finished. With a first
 * line, if there is one, and a first line that nobody has decided. The decision is a scalar subquery, and each lateral join has "limit 1". So
 * Postgres stops at the first line that it finds for each review, also while the tables have no statistics.
 */
const RECENT = `review r
  left join lateral (select true as has_lines from review_line l where l.review_id = r.id limit 1) first on true
  left join lateral (
    select true as waits from review_line l
     where l.review_id = r.id
       and (select d.click_id from review_decision d where d.review_id = l.review_id and d.line_id = l.line_id and d.refusal is null) is null
     limit 1) waiting on true
  where r.opened_at > ledger_now() - interval '400 days'`;

/** The reviews of which a line is not decided, and those that ended in the last 30 days and whose end nobody was told, the oldest first. */
export async function reviewsToTell(db: Db): Promise<readonly ReviewToTell[]> {
  const { rows } = await db.query<ReviewToTell>(
    `select r.id, floor(extract(epoch from r.opened_at) * 1000)::float8 as "openedAt", floor(extract(epoch from r.due_at) * 1000)::float8 as due,
            waits is null as "isFinished"
       from ${RECENT} and has_lines
        and not exists (select from posted_message m where m.request_id = r.id and m.place = 'finished' and m.ts is not null)
        and (waits or (select max(d.at) from review_decision d where d.review_id = r.id and d.refusal is null) > ledger_now() - interval '30 days')
      order by r.opened_at, r.id`,
  );
  return rows;
}

/** Whether at least so many reviews are open: they have a line that nobody has decided, or no line yet. With `by`, those that this person opened. */
export async function haveOpenReviews(db: Db, atLeast: number, by?: PersonId): Promise<boolean> {
  const { rows } = await db.query(
    `select from ${RECENT} and (waits or has_lines is null) and ($2::text is null or r.opened_by = $2) limit $1`,
    [atLeast, by ?? null],
  );
  return rows.length === atLeast;
}
