import { expect, test } from '@jest/globals';
import type { PersonId } from '../../../core/ids.ts';
import { reviewersOf } from '../../../core/reviews/reviewers.ts';

type Row = readonly [
  who: string,
  line: Readonly<{ person?: string; approvals?: string[][]; approvers?: string[]; security?: string[] }>,
  reviewers: readonly string[],
];
const ROWS: readonly Row[] = [
  ['the approvers but the only one who approved it', { approvals: [['bo']] }, ['cy']],
  ['all approvers, when several approved it', { approvals: [['bo', 'cy']] }, ['bo', 'cy']],
  ['all approvers, when three approved it', { approvals: [['bo', 'zed', 'cy']] }, ['bo', 'cy']],
  [
    'not their own line, where they are the second of three',
    { person: 'cy', approvers: ['bo', 'cy', 'eli'] },
    ['bo', 'eli'],
  ],
  ['not one who approved it twice alone', { approvals: [['bo', 'bo']] }, ['cy']],
  [
    'the approver who gave no approval alone',
    { approvals: [['bo'], ['cy']], approvers: ['bo', 'cy', 'fay'] },
    ['fay'],
  ],
  [
    'the security people, when each approver gave an approval alone',
    { approvals: [['bo'], ['cy', 'bo'], ['cy']] },
    ['dee', 'eli'],
  ],
  [
    'all approvers, when each approval has two people',
    {
      approvals: [
        ['bo', 'cy'],
        ['cy', 'bo'],
      ],
    },
    ['bo', 'cy'],
  ],
  [
    'the security people, before the only approver who approved it',
    { approvals: [['bo']], approvers: ['bo'] },
    ['dee', 'eli'],
  ],
  [
    'the only approver, when there are no security people',
    { approvals: [['bo']], approvers: ['bo'], security: [] },
    ['bo'],
  ],
  ['no security person for their own access', { person: 'dee', approvers: [] }, ['eli']],
  ['nobody for their own access', { person: 'bo', approvers: ['bo'], security: ['bo'] }, []],
];

test.each(ROWS)('a line is reviewed by %s', (_who, line, reviewers) => {
  const usual = { person: 'ana', approvals: [], approvers: ['bo', 'cy'], security: ['dee', 'eli'] };
  expect(reviewersOf({ ...usual, ...line } as unknown as Parameters<typeof reviewersOf>[0])).toEqual(
    reviewers as readonly PersonId[],
  );
});
