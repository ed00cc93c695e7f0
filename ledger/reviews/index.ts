import type { Refusal } from '../../core/request/refusals.ts';
import type { Result } from '../../core/result.ts';
import type { ReviewRefusal } from '../../core/reviews/decide-line.ts';
import type { Review, ReviewId, ReviewLine } from '../../core/reviews/review.ts';
import type { IndexedRow } from '../log/rows.ts';
import type { Db } from '../pool.ts';
import { decideLine, type NewLineDecision } from './decide-line.ts';
import { type DrawableReview, drawableReviews, drawSample } from './draw.ts';
import { entriesOfReview, readReviewProof, type ReviewProof } from './evidence.ts';
import { type NewReview, openReview } from './open-review.ts';
import { reviewsToTell, type ReviewToTell } from './open-reviews.ts';
import * as reading from './read-reviews.ts';

export type { NewLineDecision } from './decide-line.ts';
export type { DrawableReview } from './draw.ts';
export type { ReviewProof, SaltedText } from './evidence.ts';
export type { NewReview } from './open-review.ts';
export type { ReviewToTell } from './open-reviews.ts';
export type { ReviewedAccount } from './population.ts';
export type { AccessOf, ReviewsPart, ReviewsVisible } from './read-reviews.ts';

/** The part of the ledger about reviews of access. */
export interface ReviewsLedger {
  /** Opens a review once, with what the ledger knows at this moment as its population. */
  openReview(review: NewReview): Promise<Result<undefined, ReviewRefusal>>;
  /** The reviews whose sample can be drawn, because a published checkpoint has them, the oldest first. */
  drawableReviews(): Promise<readonly DrawableReview[]>;
  /** Draws the sample of such a review by the root, in base64, of the log that ends with its entry. Returns whether this call drew it. */
  drawSample(review: ReviewId, root: string): Promise<boolean>;
  readReview(id: ReviewId): Promise<Review | undefined>;
  /** The reviews that have something to do with a person, the newest first. */
  listReviews(visible: reading.ReviewsVisible, part: reading.ReviewsPart): Promise<readonly Review[]>;
  /** The reviews of which a line is not decided, and those that ended in the last 30 days and whose end nobody was told, the oldest first. */
  reviewsToTell(): Promise<readonly ReviewToTell[]>;
  /** The lines of a review, in their order. None until the sample is drawn. */
  reviewLines(review: ReviewId): Promise<readonly ReviewLine[]>;
  /** The lines of reviews that may concern somebody. */
  linesConcerning(
    reviews: readonly ReviewId[],
    whom: reading.LinesConcerning,
  ): Promise<readonly ReviewLine[]>;
  /** At most so many lines that nobody has decided: standing access, and such access. Those that are due first come first. */
  undecidedLines(access: reading.AccessOf, most: number): Promise<readonly ReviewLine[]>;
  readReviewLine(review: ReviewId, line: string): Promise<ReviewLine | undefined>;
  /** What people wrote who objected, by the click of the decision, as far as it is not erased. */
  objectionReasons(review: ReviewId): Promise<ReadonlyMap<string, string>>;
  /** What proves a review besides its lines; undefined when there is none. */
  readReviewProof(review: ReviewId): Promise<ReviewProof | undefined>;
  /** The entry of a review and those of its decisions, with their indices in the log. */
  entriesOfReview(review: ReviewId): Promise<readonly IndexedRow[]>;
  /** Judges and records a decision about a line, once. */
  decideLine(decision: NewLineDecision): Promise<Result<undefined, Refusal>>;
}

type Run = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

/** `query` runs one statement, `tx` runs several in one transaction. `judgedTx` runs a transaction that reads on other connections too. */
export const reviewsLedger = (query: Run, tx: Run, judgedTx: Run): ReviewsLedger => ({
  openReview: (review) => tx((db) => openReview(db, review)),
  drawableReviews: () => query(drawableReviews),
  drawSample: (...drawn) => tx((db) => drawSample(db, ...drawn)),
  readReview: (id) => query((db) => reading.readReview(db, id)),
  listReviews: (visible, part) => query((db) => reading.listReviews(db, visible, part)),
  reviewsToTell: () => query(reviewsToTell),
  reviewLines: (review) => query((db) => reading.reviewLines(db, review)),
  linesConcerning: (reviews, whom) => query((db) => reading.linesConcerning(db, reviews, whom)),
  undecidedLines: (access, most) => query((db) => reading.undecidedLines(db, access, most)),
  readReviewLine: async (review, line) => (await query((db) => reading.reviewLines(db, review, line)))[0],
  objectionReasons: (review) => query((db) => reading.objectionReasons(db, review)),
  readReviewProof: (review) => query((db) => readReviewProof(db, review)),
  entriesOfReview: (review) => query((db) => entriesOfReview(db, review)),
  decideLine: (decision) => judgedTx((db) => decideLine(db, decision)),
});
