import type { ReviewId } from '../core/reviews/review.ts';
import type { Deps } from '../requests/deps.ts';

/** Draws the sample of each review whose checkpoint is published. Returns those reviews. */
export async function drawSamples({ ledger }: Pick<Deps, 'ledger'>): Promise<readonly ReviewId[]> {
  const drawn: ReviewId[] = [];
  for (;;) {
    const review = await ledger.drawSample();
    if (review === undefined) return drawn;
    drawn.push(review);
  }
}
