import { expect, test } from '@jest/globals';
import { readReviewList } from '../../console/pages/reviews/read-reviews.ts';

// An auditor with a ledger that has so many reviews.

const reviews = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `review_${at}`, openedAt: 1_000 - at }));

const listOf = (count: number) =>
  readReviewList(
    {
      ledger: {
        listReviews: (_visible: unknown, { most }: { most: number }) =>
          Promise.resolve(reviews(count).slice(0, most)),
        linesConcerning: () => Promise.resolve([]),
      },
      policy: {
        reviewersFor: () => Promise.resolve({ ok: true, value: [] }),
        reviewing: () => Promise.resolve({ people: [], entitlements: [] }),
      },
    } as never,
    {
      sight: { isAuditor: true, isSecurity: false, reader: 'dee', owns: new Set(), approves: new Set() },
    } as never,
    undefined,
  );

test.each<[string, number, number, object | undefined]>([
  ['no review', 0, 0, undefined],
  ['exactly a page', 20, 20, undefined],
  ['one review more than a page', 21, 20, { at: 981, id: 'review_19' }],
])('a list of %s has a next page only when something is on it', async (_what, count, shown, next) => {
  const answer = await listOf(count);
  expect([answer.reviews.length, answer.next]).toEqual([shown, next]);
});
