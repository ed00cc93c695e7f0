import type { Instant } from '../../core/ids.ts';
import type { Review } from '../../core/reviews/review.ts';
import type { ReviewProof } from '../../ledger/index.ts';
import type { OrderedRow } from '../copy.ts';
import type { SignedHead } from '../newest-checkpoint.ts';

/** How far a review is. `decisions`: also those that were refused. `finishedAt`: null while a line is not decided. */
export type ReviewCounts = Readonly<
  Record<'lines' | 'decisions' | 'certified' | 'objected', number> & { finishedAt: string | null }
>;

/** What is known of a review when its folder is made. */
export type ReviewAbout = Readonly<{
  review: Review;
  proof: ReviewProof;
  checkpoint: SignedHead;
  ordered: OrderedRow;
  counts: ReviewCounts;
}>;

/** The contents of `evidence/review.json`. docs/verify.md describes them. */
export function contentsOf({ review, proof, checkpoint, ordered, counts }: ReviewAbout): object {
  const { id, scope, from, to, due, wanted = null, population } = review;
  return {
    format: 'curfew-review/2',
    order: ordered.id,
    review: id,
    title: proof.title ?? null,
    ...{ by: proof.by, scope, from: iso(from), to: iso(to), due: iso(due), sample: wanted },
    ...{ population, digest: proof.populationDigest },
    openedAt: iso(proof.openedAt),
    checkpoint,
    draw: proof.draw ?? null,
    ...counts,
  };
}

const iso = (at: Instant): string => new Date(at).toISOString();
