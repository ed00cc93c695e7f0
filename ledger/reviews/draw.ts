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

/** A review whose sample can be drawn, and the checkpoint that draws it. */
const DRAWABLE = `review r join log_entry e on e.log_id = r.log_id
  cross join lateral (select size, note from log_checkpoint c where c.size > e.index order by size limit 1) c
  where r.wanted is not null and not exists (select from review_line l where l.review_id = r.id)
    and not exists (select from review_draw d where d.review_id = r.id)`;

/** The reviews whose sample can be drawn, the oldest first. */
export async function drawableReviews(db: Db): Promise<readonly ReviewId[]> {
  const { rows } = await db.query<{ id: ReviewId }>(`select r.id from ${DRAWABLE} order by r.opened_at`);
  return rows.map(({ id }) => id);
}

/**
 * Draws the sample of a review: by the first checkpoint that was published after the log had the review. So whoever opened it could not know it.
 * Returns whether this call drew it.
 */
export async function drawSample(db: Db, review: ReviewId): Promise<boolean> {
  const { rows } = await db.query<{ wanted: number; root: string }>(
    `with drawn as (
       insert into review_draw (review_id, size, root)
       select r.id, c.size, split_part(c.note, E'\\n', 3) from ${DRAWABLE} and r.id = $1
       on conflict do nothing returning review_id, root)
     select r.wanted, d.root from drawn d join review r on r.id = d.review_id`,
    [review],
  );
  const [drawn] = rows;
  if (!drawn) return false;
  await writeLines(db, review, { root: drawn.root, most: drawn.wanted });
  return true;
}
