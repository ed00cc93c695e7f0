import type { Bound } from '../bind.ts';
import { decideLine } from './decide-line.ts';
import { drawableReviews, drawSample } from './draw.ts';
import { readReviewProof, entriesOfReview } from './evidence.ts';
import { openReview } from './open-review.ts';
import { reviewsToTell } from './open-reviews.ts';
import {
  readReview,
  listReviews,
  reviewLines,
  linesConcerning,
  undecidedLines,
  objectionReasons,
  readReviewLine,
} from './read-reviews.ts';

export type { NewLineDecision } from './decide-line.ts';
export type { DrawableReview } from './draw.ts';
export type { ReviewProof, SaltedText } from './evidence.ts';
export type { NewReview } from './open-review.ts';
export type { ReviewToTell } from './open-reviews.ts';
export type { ReviewedAccount } from './population.ts';
export type { AccessOf, ReviewsPart, ReviewsVisible } from './read-reviews.ts';

/** The part of the ledger about reviews of access. */
export const REVIEWS = {
  query: {
    drawableReviews,
    readReview,
    listReviews,
    reviewsToTell,
    reviewLines,
    linesConcerning,
    undecidedLines,
    objectionReasons,
    readReviewProof,
    entriesOfReview,
    readReviewLine,
  },
  tx: { openReview, drawSample },
  judged: { decideLine },
};

export interface ReviewsLedger extends Bound<typeof REVIEWS> {}
