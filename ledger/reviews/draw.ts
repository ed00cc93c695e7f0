import type { ReviewId } from '../../core/reviews/review.ts';
import type { Db } from '../pool.ts';

/** The rank of a member, as `audit/evidence/sample.ts` has it: SHA-256, in hex, of a root in base64, a newline and the id. */
const RANK = `encode(sha256(convert_to($2 || E'\\n' || m.id, 'UTF8')), 'hex')`;

/** Makes lines of the members with the lowest ranks under a root, or of all members when there is no root. */
export async function writeLines(
  db: Db,
  review: ReviewId,
  { root, most }: Readonly<{ root: string | null; most: number }>,
): Promise<void> {
  await db.query(
    `with chosen as materialized (
       select m.id, row_number() over (order by ${RANK} collate "C" nulls first, m.id collate "C") as position
         from review_member m where m.review_id = $1 order by position limit $3)
     insert into review_line (review_id, position, line_id, kind, person, entitlement, request_id, provider, target_name, level, since, approved_by)
     select $1, c.position, g.id, 'grant', g.person, g.entitlement, g.request_id, g.provider, g.target_name, g.level, g.at, g.approved_by
       from chosen c join audit.granted_access g on g.id = c.id
     union all
     select $1, c.position, a.id, 'standing', null, null, null, a.provider, a.target_name, a.level, a.since, '{}'
       from chosen c join audit.access a on a.id = c.id where a.basis <> 'granted'`,
    [review, root, most],
  );
}

/** A review whose sample can be drawn: a published checkpoint covers its entry, so its place in the log is fixed. */
const DRAWABLE = `review r join log_entry e on e.log_id = r.log_id
  where r.wanted is not null and e.index < (select max(size) from log_checkpoint)
    and not exists (select from review_line l where l.review_id = r.id)
    and not exists (select from review_draw d where d.review_id = r.id)`;

/** A review, and the size of the log that ends with its entry. The root of that size draws its sample. */
export type DrawableReview = Readonly<{ id: ReviewId; size: number }>;

/** The reviews whose sample can be drawn, the oldest first. */
export async function drawableReviews(db: Db): Promise<readonly DrawableReview[]> {
  const { rows } = await db.query<DrawableReview>(
    `select r.id, e.index + 1 as size from ${DRAWABLE} order by r.opened_at`,
  );
  return rows;
}

/**
 * Draws the sample of a review by the root, in base64, of the log that ends with its entry. Returns whether this call drew it.
 */
export async function drawSample(db: Db, review: ReviewId, root: string): Promise<boolean> {
  const { rows } = await db.query<{ wanted: number }>(
    `with drawn as (
       insert into review_draw (review_id, size, root)
       select r.id, e.index + 1, $2 from ${DRAWABLE} and r.id = $1
       on conflict do nothing returning review_id)
     select r.wanted from drawn d join review r on r.id = d.review_id`,
    [review, root],
  );
  const [drawn] = rows;
  if (!drawn) return false;
  await writeLines(db, review, { root, most: drawn.wanted });
  return true;
}
