import type { Instant, PersonId } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { type IndexedRow, ROW } from '../log/rows.ts';
import type { Db } from '../pool.ts';

/** What people wrote, with the salt of its hash in the log. */
export type SaltedText = Readonly<{ salt: string; text: string }>;

/** What proves a review besides its lines. `draw`: the size of the log that drew the sample, which ends with the entry of the review, and its root in base64. */
export type ReviewProof = Readonly<{
  by: PersonId;
  openedAt: Instant;
  /** Undefined when it is erased. */
  title?: SaltedText;
  /** The ids of the population, ordered by their bytes. */
  population: readonly string[];
  populationDigest: string;
  draw?: Readonly<{ size: number; root: string }>;
  /** Why people objected, by the click of the decision, as far as it is not erased. */
  reasons: ReadonlyMap<string, SaltedText>;
}>;

/** Undefined when there is no such review. */
export async function readReviewProof(db: Db, id: ReviewId): Promise<ReviewProof | undefined> {
  const { rows } = await db.query<{
    by: PersonId;
    at: Instant;
    digest: string;
    salt: string | null;
    title: string | null;
    size: number | null;
    root: string | null;
    population: readonly string[];
  }>(
    `select r.opened_by as by, floor(extract(epoch from r.opened_at) * 1000)::float8 as at, r.population_digest as digest, t.salt, t.title, d.size, d.root,
            array(select m.id from review_member m where m.review_id = r.id order by m.id collate "C") as population
       from review r left join review_text t on t.review_id = r.id left join review_draw d on d.review_id = r.id where r.id = $1`,
    [id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { by, at, digest, salt, title, size, root, population } = row;
  return {
    ...{ by, openedAt: at, population, populationDigest: digest, reasons: await reasonsOf(db, id) },
    ...(salt === null || title === null ? {} : { title: { salt, text: title } }),
    ...(size === null || root === null ? {} : { draw: { size, root } }),
  };
}

async function reasonsOf(db: Db, id: ReviewId): Promise<ReadonlyMap<string, SaltedText>> {
  const { rows } = await db.query<{ click: string; salt: string; text: string }>(
    `select r.click_id as click, r.salt, r.body as text from review_reason r join review_decision d using (click_id) where d.review_id = $1`,
    [id],
  );
  return new Map(rows.map(({ click, ...text }) => [click, text]));
}

/** The entry of a review and those of its decisions, in the order of the log, with their indices. */
export async function entriesOfReview(db: Db, id: ReviewId): Promise<readonly IndexedRow[]> {
  const { rows } = await db.query<IndexedRow>(
    `select x.index, ${ROW} from (
       select * from log_row where type = 'review' and id = $1
       union all
       select l.* from review_decision d join log_row l on l.type = 'review-decision' and l.id = d.click_id where d.review_id = $1) l
       left join log_entry x using (log_id) order by l.log_id`,
    [id],
  );
  return rows;
}
