import type { PersonId, RequestId } from '../../core/ids.ts';
import { REVIEW_LIMITS } from '../../core/reviews/limits.ts';
import type { ReviewRefusal } from '../../core/reviews/decide-line.ts';
import { clickIdOfReview, type ReviewId, type ReviewOrder } from '../../core/reviews/review.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { eraseFreeText } from '../clicks/click-outcomes.ts';
import { type Db, toTimestamp } from '../pool.ts';
import { salted } from '../salted-text.ts';
import { lockRequest } from '../request/record.ts';
import { writeLines } from './draw.ts';
import { haveOpenReviews } from './open-reviews.ts';
import { populationSql, type ReviewedAccount } from './population.ts';

/** The lock of a request that does not exist. */
const OPENING = 'reviews' as RequestId;

/** A review to open. `accounts`: those of the people in its scope. */
export type NewReview = ReviewOrder &
  Readonly<{ id: ReviewId; by: PersonId; title: string; accounts: readonly ReviewedAccount[] }>;

/**
 * Opens a review once, and freezes its population: what the ledger knows at this moment. Without a sample every access is a line at once. Refuses
 * a population that is empty, or larger than people can review, and one review too many. Run it in one transaction.
 */
export async function openReview(db: Db, review: NewReview): Promise<Result<undefined, ReviewRefusal>> {
  const { id, by, title, scope, from, to, due, wanted } = review;
  const known = await db.query('select from review where id = $1', [id]);
  if (known.rows.length > 0) return ok(undefined);
  await lockRequest(db, OPENING); // Two reviews at the same moment count each other.
  const tooMany = await numberProblem(db, by);
  if (tooMany !== undefined) return notOpened(tooMany);
  const ids = await populationOf(db, review);
  const wrongSize = sizeProblem(ids.length, wanted);
  if (wrongSize !== undefined) return notOpened(wrongSize);
  const { salt, body, hash } = salted(title);
  await db.query(
    `insert into review (id, opened_by, title_hash, scope, from_at, to_at, due_at, wanted, population, population_digest)
     select $1, $2, $3, $4, $5, $6, $7, $8, count(*), encode(sha256(convert_to(string_agg(m.id || E'\\n', '' order by m.id collate "C"), 'UTF8')), 'hex')
       from unnest($9::text[]) as m (id)`,
    [
      ...[id, by, hash, JSON.stringify(scope), toTimestamp(from), toTimestamp(to)],
      ...[toTimestamp(due), wanted ?? null, ids],
    ],
  );
  await db.query('insert into review_text (review_id, salt, title) values ($1, $2, $3)', [id, salt, body]);
  await db.query('insert into review_member (review_id, id) select $1, unnest($2::text[])', [id, ids]);
  if (wanted === undefined) await writeLines(db, id, { root: null, most: ids.length });
  await eraseFreeText(db, clickIdOfReview(id));
  return ok(undefined);
}

const notOpened = (why: string): Result<never, ReviewRefusal> => no({ code: 'review-not-opened', why });

async function populationOf(db: Db, review: NewReview): Promise<readonly string[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const sql = `select id from (${populationSql(review, bind)}) held limit ${bind(REVIEW_LIMITS.population + 1)}`;
  const { rows } = await db.query<{ id: string }>(sql, values);
  return rows.map((row) => row.id);
}

async function numberProblem(db: Db, by: PersonId): Promise<string | undefined> {
  const { open, openOfPerson } = REVIEW_LIMITS;
  if (await haveOpenReviews(db, openOfPerson, by))
    return `you have ${openOfPerson} open reviews, and nobody could look at more. Finish one of them first`;
  return (await haveOpenReviews(db, open))
    ? `${open} reviews are open, and nobody could look at more. Finish one of them first`
    : undefined;
}

function sizeProblem(size: number, wanted: number | undefined): string | undefined {
  const { population, lines } = REVIEW_LIMITS;
  if (size === 0) return 'nothing was held in this period and scope';
  if (size > population)
    return `more than ${population} accesses were held. Choose a shorter period or a narrower scope`;
  return wanted === undefined && size > lines
    ? `${size} accesses were held, and people can review ${lines}. Choose a sample, a shorter period or a narrower scope`
    : undefined;
}
