import { expect, test } from '@jest/globals';
import { finalRefusal } from '../../../core/request/final-refusal.ts';
import { type Answer, ELIGIBLE, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { BLANK, type RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { active, closed, granting, pending } = the;
const twoStages = the.run([the.open(the.demand([1, the.bo], [1, the.cy]))]).state;
const approve = (by: Answer['by'], digest = 'd1'): Answer => ({
  kind: 'approve',
  by,
  digest,
  eligibility: ELIGIBLE,
});
const deny = (by: Answer['by']): Answer => ({
  kind: 'deny',
  by,
  eligibility: ELIGIBLE,
  hasReason: true,
});
const end = (by: Answer['by']): Answer => ({ kind: 'end', by, eligibility: ELIGIBLE });
const early = the.later(1);

test.each<[what: string, state: RequestState, answer: Answer, at: typeof early, code: string | undefined]>([
  ['an approval of one’s own request is refused finally', pending, approve(the.ana), early, 'own-request'],
  [
    'an approval of another version of the request is refused finally',
    pending,
    approve(the.bo, 'd0'),
    early,
    'changed',
  ],
  [
    'a second approval by the same person is refused finally',
    the.run([the.open(the.demand([2, the.bo, the.cy])), the.approve(the.bo)]).state,
    approve(the.bo),
    early,
    'already-approved',
  ],
  [
    'an approval by a person in no stage is refused finally',
    twoStages,
    approve(the.sam),
    early,
    'not-an-approver',
  ],
  [
    'an approval by an approver of a later stage is not refused yet',
    twoStages,
    approve(the.cy),
    early,
    undefined,
  ],
  [
    'an approval after the lapse by this clock is not refused yet',
    pending,
    approve(the.bo),
    the.later(480),
    undefined,
  ],
  ['a denial after the approval is refused finally', granting, deny(the.bo), early, 'wrong-state'],
  [
    'an end of a request that seems to be pending is not refused yet',
    pending,
    end(the.ana),
    early,
    undefined,
  ],
  [
    'an end by a person who has no part in the request is refused finally',
    active,
    end(the.sam),
    early,
    'not-requester',
  ],
  ['an end of a closed request is refused finally', closed, end(the.ana), early, 'wrong-state'],
  [
    'a second approval of a closed request is refused finally, because the request is over',
    closed,
    approve(the.bo),
    early,
    'wrong-state',
  ],
  [
    'an approval by a person who has lost the right is not refused yet, because only the ledger asks the policy last',
    pending,
    { ...approve(the.bo), eligibility: NOT_ELIGIBLE } as Answer,
    early,
    undefined,
  ],
  [
    'an approval while the policy cannot be read is not refused yet',
    pending,
    { ...approve(the.bo), eligibility: { kind: 'unknown', why: 'catalogue.yaml' } } as Answer,
    early,
    undefined,
  ],
  [
    'an answer to a request that is not known yet is not refused yet',
    BLANK,
    approve(the.bo),
    early,
    undefined,
  ],
  ['a denial by an approver of a later stage is not refused yet', twoStages, deny(the.cy), early, undefined],
  ['a denial by a person in no stage is refused finally', twoStages, deny(the.sam), early, 'not-an-approver'],
  [
    'a withdrawal by another person is refused finally',
    pending,
    { kind: 'withdraw', by: the.bo },
    early,
    'not-requester',
  ],
  [
    'a withdrawal after the approval is refused finally',
    granting,
    { kind: 'withdraw', by: the.ana },
    early,
    'wrong-state',
  ],
  [
    'a second approval after the grant started is refused finally',
    granting,
    approve(the.bo),
    early,
    'already-approved',
  ],
  [
    'an end while the access is being revoked is refused finally',
    the.revoking,
    end(the.ana),
    early,
    'wrong-state',
  ],
  ['an end of active access by an approver is not refused', active, end(the.bo), early, undefined],
  ['an answer that the ledger would accept is not refused', pending, approve(the.bo), early, undefined],
])('%s', (_what, state, answer, at, code) => expect(finalRefusal(state, answer, at)?.code).toBe(code));
