import { messageOf } from '../core/faults.ts';
import type { ReviewId } from '../core/reviews/review.ts';
import type { Deps } from '../requests/deps.ts';

/** Draws the sample of each review whose checkpoint is published. `problems` names each review whose sample was not drawn; the others are drawn. */
export async function drawSamples({
  ledger,
}: Pick<Deps, 'ledger'>): Promise<Readonly<{ drawn: readonly ReviewId[]; problems: readonly string[] }>> {
  const [drawn, problems]: [ReviewId[], string[]] = [[], []];
  for (const review of await ledger.drawableReviews())
    try {
      if (await ledger.drawSample(review)) drawn.push(review);
    } catch (error) {
      problems.push(`the sample of ${review} was not drawn: ${messageOf(error)}`);
    }
  return { drawn, problems };
}
