import { expect, test } from '@jest/globals';
import {
  canBeApproved,
  currentStage,
  isLastApproval,
  isNamedApprover,
} from '../../../core/request/stages.ts';
import type { PersonId } from '../../../core/ids.ts';
import type { RequestFacts } from '../../../core/request/state.ts';
import { approve, bo, cy, dee, demand, granting, open, run } from './request.fixture.ts';

const factsOf = (...commands: Parameters<typeof run>[0]) => run(commands).state as unknown as RequestFacts;

test('the current stage is the first that lacks approvals, and the number of stages when none lacks any', () => {
  const twoStages = open(demand([2, bo, cy], [1, dee]));
  expect(currentStage(factsOf(twoStages, approve(bo)))).toBe(0);
  expect(currentStage(factsOf(twoStages, approve(bo), approve(cy)))).toBe(1);
  expect(currentStage(granting as RequestFacts)).toBe(1);
});

test('an approver of any stage is named', () => {
  const facts = factsOf(open(demand([2, bo, cy], [1, dee])));
  expect([bo, dee, 'zed' as PersonId].map((person) => isNamedApprover(facts, person))).toEqual([
    true,
    true,
    false,
  ]);
});

test('no approval is the last one of a request without stages, or of one that is approved', () => {
  expect(isLastApproval(factsOf(open(demand())))).toBe(false);
  expect(isLastApproval(granting as RequestFacts)).toBe(false);
  expect(isLastApproval(factsOf(open()))).toBe(true);
});

test.each([
  ['the third of three approvals', [[3, bo, cy, dee]], [bo, cy], true],
  ['the second of three approvals', [[3, bo, cy, dee]], [bo], false],
  [
    'the only one of the first stage',
    [
      [1, bo],
      [1, dee],
    ],
    [],
    false,
  ],
  [
    'the last one of the first stage',
    [
      [2, bo, cy],
      [1, dee],
    ],
    [bo],
    false,
  ],
  [
    'the first of two of the second stage',
    [
      [1, bo],
      [2, cy, dee],
    ],
    [bo],
    false,
  ],
  [
    'the second of two of the second stage',
    [
      [1, bo],
      [2, cy, dee],
    ],
    [bo, cy],
    true,
  ],
] as const)('%s is the last one, or not', (_what, demanded, given, isLast) =>
  expect(isLastApproval(factsOf(open(demand(...demanded)), ...given.map((by) => approve(by))))).toBe(isLast),
);

const stages = (...all: readonly (readonly [needs: number, ...approvers: PersonId[]])[]) =>
  all.map(([needs, ...people]) => ({ needs, approvers: people.map((person) => ({ person, because: 'x' })) }));

test.each([
  ['one approver for one approval', stages([1, bo]), true],
  ['more approvers than are needed', stages([2, bo, cy, dee]), true],
  ['another approver for each stage', stages([1, bo], [1, cy]), true],
  ['a common approver, when another one is free', stages([1, bo, cy], [1, bo]), true],
  ['a chain of common approvers', stages([1, bo], [1, bo, cy], [1, cy, dee]), true],
  ['no stage', stages(), false],
  ['a stage without approvers', stages([1, bo], [1]), false],
  ['a stage that needs nobody and has nobody', stages([0]), false],
  ['fewer approvers than are needed', stages([2, bo]), false],
  ['one person who is named twice', stages([2, bo, bo]), false],
  ['two stages with one approver', stages([1, bo], [1, bo]), false],
  ['three stages with two approvers', stages([1, bo, cy], [1, bo], [1, cy]), false],
] as const)('whether a request can be approved: with %s', (_what, given, expected) =>
  expect(canBeApproved(given)).toBe(expected),
);
