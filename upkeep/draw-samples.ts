import { messageOf } from '../core/faults.ts';
import type { ReviewId } from '../core/reviews/review.ts';
import type { Deps } from '../requests/deps.ts';

/**
 * Draws the sample of each review that a published checkpoint has, by the root of the log that ends with the entry of the review. `problems` names each
 * review whose sample was not drawn; the others are drawn.
 */
export async function drawSamples({
  ledger,
  log,
}: Pick<Deps, 'ledger' | 'log'>): Promise<
  Readonly<{ drawn: readonly ReviewId[]; problems: readonly string[] }>
> {
  const [drawn, problems]: [ReviewId[], string[]] = [[], []];
  if (!log) return { drawn, problems };
  for (const { id, size } of await ledger.drawableReviews())
    try {
      if (await ledger.drawSample(id, await log.rootAt(ledger, size))) drawn.push(id);
    } catch (error) {
      problems.push(`the sample of ${id} was not drawn: ${messageOf(error)}`);
    }
  return { drawn, problems };
}
