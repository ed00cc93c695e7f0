import { expect, test } from '@jest/globals';
import { reviewFolderPage } from '../../audit/reviews/page.ts';

const REVIEW = {
  scope: { person: ['ana'] },
  from: 0,
  to: 1,
  due: 2,
  population: 9,
};
const COUNTS = { lines: 9, certified: 1, objected: 2, finishedAt: null };
const ABOUT = {
  ...{ review: REVIEW, ordered: { id: 'o', at: 3 } },
  proof: { by: 'dee', openedAt: 1, title: { text: 'Autumn' } },
  checkpoint: { origin: 'log', size: 5, root: 'x' },
};
const pageOf = (more: object = {}): string =>
  reviewFolderPage({ ...ABOUT, counts: { ...COUNTS, ...more } } as unknown as Parameters<
    typeof reviewFolderPage
  >[0]);

test('the page of a folder says how many lines nobody has decided', () =>
  expect(pageOf()).toContain('It is not finished: 6 of 9 lines are not decided.'));

test('the page of a folder says when the review was finished', () =>
  expect(pageOf({ certified: 7, finishedAt: '1970-01-01T00:01:00.000Z' })).toContain(
    'Finished at 1970-01-01T00:01:00.000Z.',
  ));
