import type { Review } from '../../../core/reviews/review.ts';
import { seenLines } from '../../../requests/reviews/seen-lines.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

/** A review with how many of its lines the reader can decide now. */
export type WaitingReview = Readonly<{ review: Review; waiting: number }>;

/**
 * Only so many undecided lines are read, those that are due first, before it is known who may decide them. So lines of later reviews can be missing
 * here. They are on the page of their review.
 */
const MOST_LINES = 2000;

/** The reviews with lines that wait for the reader, the one that is due first before the others. */
export async function waitingReviews(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight }: Pick<Reader, 'sight'>,
): Promise<readonly WaitingReview[]> {
  const access = sight.isSecurity ? 'all' : await policy.reviewing(sight.reader);
  if (access !== 'all' && access.people.length + access.entitlements.length === 0) return [];
  const lines = await ledger.undecidedLines(access, MOST_LINES);
  const mine = (await seenLines(policy, sight, lines)).filter(({ mayDecide }) => mayDecide);
  const found: WaitingReview[] = [];
  for (const id of new Set(mine.map(({ line }) => line.review))) {
    const review = await ledger.readReview(id);
    if (review) found.push({ review, waiting: mine.filter(({ line }) => line.review === id).length });
  }
  return found;
}
