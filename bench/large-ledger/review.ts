import type pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, type PersonId } from '../../core/ids.ts';
import { type ReviewId, reviewIdOf } from '../../core/reviews/review.ts';
import { openReview } from '../../ledger/reviews/open-review.ts';
import { AUDITOR } from './things.ts';

const DAY_MS = 86_400_000;
/** At least the two years of the large ledger. */
const LEDGER_DAYS = 1024;

/** Opens a review with many lines, at most as many as people can review: of what an entitlement gave in the longest time that has no more. */
export async function openLargeReview(client: pg.Client): Promise<ReviewId> {
  const now = Date.now();
  let why = '';
  for (let days = LEDGER_DAYS; days >= 1; days /= 2) {
    const id = reviewIdOf(clickIdOf(uuidv7()));
    const opened = await openReview(client, {
      ...{ id, by: AUDITOR as PersonId, title: 'What e0 gave', scope: { entitlement: ['e0'] }, accounts: [] },
      ...{ from: (now - days * DAY_MS) as Instant, to: now as Instant, due: (now + 30 * DAY_MS) as Instant },
    });
    if (opened.ok) return id;
    why = 'why' in opened.error ? opened.error.why : opened.error.code;
  }
  throw new Error(`no review of e0 can be opened: ${why}`);
}
