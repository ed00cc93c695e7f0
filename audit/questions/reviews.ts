import type { ReviewId } from '../../core/reviews/review.ts';
import type { AuditQuery } from '../../ledger/index.ts';
import { type Period, within } from './period.ts';

/** Every review of access that was opened, with how far it is. */
export const reviews = (period: Period = {}): AuditQuery => ({ view: 'review', where: within('at', period) });

/** The lines of a review, with their decisions. */
export const reviewLines = (review: ReviewId): AuditQuery => ({
  view: 'review_line',
  where: [{ kind: 'is', column: 'review_id', value: review }],
});

/** The decisions of one review, also refused ones. */
export const decisionsOfReview = (review: ReviewId): AuditQuery => ({
  view: 'review_decision',
  where: [{ kind: 'is', column: 'review_id', value: review }],
});

/** Who certified an access in a review or objected to it, also where that was refused. */
export const reviewDecisions = (period: Period = {}): AuditQuery => ({
  view: 'review_decision',
  where: within('at', period),
});
