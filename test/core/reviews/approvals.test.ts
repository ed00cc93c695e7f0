import { expect, test } from '@jest/globals';
import { type ApprovalEvent, approvalsOf, approvedAlone } from '../../../core/reviews/approvals.ts';
import { bo, cy, dee, ana } from '../request/request.fixture.ts';

const approved = (by: ApprovalEvent['by']): ApprovalEvent => ({ kind: 'approved', by });
const requested: ApprovalEvent = { kind: 'extension-requested', by: ana };
const extended = (by: ApprovalEvent['by']): ApprovalEvent => ({ kind: 'extension-approved', by });
const started: ApprovalEvent = { kind: 'extension-started', by: null };

test.each<[string, readonly ApprovalEvent[], readonly (readonly string[])[], readonly string[]]>([
  ['nobody, for a request without approvals', [], [[]], []],
  ['one person', [approved(bo)], [['bo']], ['bo']],
  ['one person, when the name of another one is erased', [approved(null), approved(bo)], [['bo']], ['bo']],
  ['two people together', [approved(bo), approved(cy)], [['bo', 'cy']], []],
  ['one person alone, in two stages', [approved(bo), approved(bo)], [['bo', 'bo']], ['bo']],
  [
    'different people, each alone',
    [approved(bo), requested, extended(cy), started],
    [['bo'], ['cy']],
    ['bo', 'cy'],
  ],
  [
    'three people, of whom one gave an extension alone',
    [
      approved(bo),
      approved(cy),
      requested,
      extended(dee),
      started,
      requested,
      extended(bo),
      extended(cy),
      started,
    ],
    [['bo', 'cy'], ['dee'], ['bo', 'cy']],
    ['dee'],
  ],
  [
    'nobody for an extension whose last approval is missing, also after a later one',
    [approved(bo), approved(cy), requested, extended(dee), requested, extended(bo), extended(cy), started],
    [
      ['bo', 'cy'],
      ['bo', 'cy'],
    ],
    [],
  ],
])('access rests on the approvals of %s', (_who, events, approvals, alone) => {
  expect(approvalsOf(events)).toEqual(approvals);
  expect([...approvedAlone(approvalsOf(events))]).toStrictEqual(alone);
});
