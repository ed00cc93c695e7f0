import { expect, test } from '@jest/globals';
import { finalRefusal } from '../../../core/request/final-refusal.ts';
import { type Answer, ELIGIBLE } from '../../../core/request/commands.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { active, closed, granting, pending } = the;
const twoStages = the.run([the.open(the.demand([1, the.bo], [1, the.cy]))]).state;
const approve = (by: Answer['by'], digest = 'd1'): Answer => ({
  kind: 'approve',
  by,
  digest,
  eligibility: ELIGIBLE,
});
const deny = (by: Answer['by']): Answer => ({ kind: 'deny', by, eligibility: ELIGIBLE });
const end = (by: Answer['by']): Answer => ({ kind: 'end', by, eligibility: ELIGIBLE });
const early = the.later(1);

test.each<[what: string, state: RequestState, answer: Answer, at: typeof early, code: string | undefined]>([
  ['a yes to one’s own request', pending, approve(the.ana), early, 'own-request'],
  ['a yes to another version of it', pending, approve(the.bo, 'd0'), early, 'changed'],
  ['a yes of somebody in no stage', twoStages, approve(the.sam), early, 'not-an-approver'],
  ['a yes of somebody in a later stage', twoStages, approve(the.cy), early, undefined],
  ['a yes when this clock says it lapsed', pending, approve(the.bo), the.later(480), undefined],
  ['a no after the approval', granting, deny(the.bo), early, 'wrong-state'],
  ['an end while it seems to wait', pending, end(the.ana), early, undefined],
  ['an end by somebody who has no part in it', active, end(the.sam), early, 'not-requester'],
  ['an end when it is over', closed, end(the.ana), early, 'wrong-state'],
  ['what the ledger would do', pending, approve(the.bo), early, undefined],
])('%s', (_what, state, answer, at, code) => expect(finalRefusal(state, answer, at)?.code).toBe(code));
