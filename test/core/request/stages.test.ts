import { expect, test } from '@jest/globals';
import { currentStage, isLastApproval } from '../../../core/request/stages.ts';
import type { RequestFacts } from '../../../core/request/state.ts';
import { approve, bo, cy, dee, demand, granting, open, run } from './request.fixture.ts';

const factsOf = (...commands: Parameters<typeof run>[0]) => run(commands).state as unknown as RequestFacts;

test('the current stage is the first that lacks approvals, and the number of stages when none lacks any', () => {
  const twoStages = open(demand([2, bo, cy], [1, dee]));
  expect(currentStage(factsOf(twoStages, approve(bo)))).toBe(0);
  expect(currentStage(factsOf(twoStages, approve(bo), approve(cy)))).toBe(1);
  expect(currentStage(granting as RequestFacts)).toBe(1);
});

test('no approval is the last one of a request without stages, or of one that is approved', () => {
  expect(isLastApproval(factsOf(open(demand())))).toBe(false);
  expect(isLastApproval(granting as RequestFacts)).toBe(false);
  expect(isLastApproval(factsOf(open()))).toBe(true);
});
