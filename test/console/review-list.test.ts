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

test('a page on which somebody may see nothing leads to the next one, and the list ends with what they may see', async () => {
  const all = reviews(41);
  const own = { kind: 'grant', person: 'ana', review: 'review_40', decision: undefined };
  const answer = await readReviewList(
    {
      ledger: {
        listReviews: (_visible: unknown, { most, before }: { most: number; before?: { id: string } }) => {
          const from = before ? all.findIndex(({ id }) => id === before.id) + 1 : 0;
          return Promise.resolve(all.slice(from, from + most));
        },
        linesConcerning: (ids: readonly string[]) => Promise.resolve(ids.includes(own.review) ? [own] : []),
      },
      policy: {
        reviewersFor: (lines: readonly unknown[]) =>
          Promise.resolve({ ok: true, value: lines.map(() => ({ reviewers: [], owner: 'ana' })) }),
        reviewing: () => Promise.resolve({ people: [], entitlements: [] }),
      },
    } as never,
    { sight: { isAuditor: false, isSecurity: false, reader: 'ana' } } as never,
    undefined,
  );
  expect(answer.reviews.map(({ review }) => review.id)).toEqual(['review_40']);
  expect(answer.next).toBeUndefined();
});
