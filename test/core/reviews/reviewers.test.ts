import { expect, test } from '@jest/globals';
import type { PersonId } from '../../../core/ids.ts';
import { reviewersOf } from '../../../core/reviews/reviewers.ts';

type Row = readonly [
  who: string,
  line: Readonly<{ person?: string; approvedBy?: string[]; approvers?: string[]; security?: string[] }>,
  reviewers: readonly string[],
];
const ROWS: readonly Row[] = [
  ['the approvers but the only one who approved it', { approvedBy: ['bo'] }, ['cy']],
  ['all approvers, when several approved it', { approvedBy: ['bo', 'cy'] }, ['bo', 'cy']],
  ['all approvers, when three approved it', { approvedBy: ['bo', 'zed', 'cy'] }, ['bo', 'cy']],
  [
    'not their own line, where they are the second of three',
    { person: 'cy', approvers: ['bo', 'cy', 'eli'] },
    ['bo', 'eli'],
  ],
  ['not one who approved it twice alone', { approvedBy: ['bo', 'bo'] }, ['cy']],
  [
    'the security people, before the only approver who approved it',
    { approvedBy: ['bo'], approvers: ['bo'] },
    ['dee', 'eli'],
  ],
  [
    'the only approver, when there are no security people',
    { approvedBy: ['bo'], approvers: ['bo'], security: [] },
    ['bo'],
  ],
  ['no security person for their own access', { person: 'dee', approvers: [] }, ['eli']],
  ['nobody for their own access', { person: 'bo', approvers: ['bo'], security: ['bo'] }, []],
];

test.each(ROWS)('a line is reviewed by %s', (_who, line, reviewers) => {
  const usual = { person: 'ana', approvedBy: [], approvers: ['bo', 'cy'], security: ['dee', 'eli'] };
  expect(reviewersOf({ ...usual, ...line } as unknown as Parameters<typeof reviewersOf>[0])).toEqual(
    reviewers as readonly PersonId[],
  );
});
