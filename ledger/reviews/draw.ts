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

/** A review whose sample can be drawn, with the checkpoint that draws it. */
type Drawable = Readonly<{ id: ReviewId; wanted: number; size: number; root: string }>;

/**
 * Draws the sample of one review: by the first checkpoint that was published after the log had the review. So whoever opened it could not know it.
 * Returns its id; undefined when none can be drawn.
 */
export async function drawSample(db: Db): Promise<ReviewId | undefined> {
  const { rows } = await db.query<Drawable>(
    `select r.id, r.wanted, c.size, split_part(c.note, E'\\n', 3) as root
       from review r join log_entry e on e.log_id = r.log_id
       cross join lateral (select size, note from log_checkpoint c where c.size > e.index order by size limit 1) c
      where r.wanted is not null and not exists (select from review_line l where l.review_id = r.id)
        and not exists (select from review_draw d where d.review_id = r.id)
      order by r.opened_at limit 1`,
  );
  const [found] = rows;
  if (!found) return undefined;
  const { id, wanted, size, root } = found;
  const drawn = await db.query(
    `insert into review_draw (review_id, size, root) values ($1, $2, $3) on conflict do nothing`,
    [id, size, root],
  );
  if (drawn.rowCount === 1) await writeLines(db, id, { root, most: wanted });
  return id;
}
