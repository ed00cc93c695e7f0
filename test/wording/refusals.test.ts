import { describe, expect, test } from '@jest/globals';
import { refusalText, unknownPersonText, unreadableText } from '../../wording/refusals.ts';
import { endingText } from '../../wording/phrases.ts';
import { FAULTS, type FaultCode } from '../../core/faults.ts';
import type { Command } from '../../core/request/commands.ts';
import { decide } from '../../core/request/decide.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestState } from '../../core/request/state.ts';
import * as the from '../core/request/request.fixture.ts';

/** What somebody reads when this command is turned down. */
function told(state: RequestState, command: Command): string {
  const decided = decide(state, command);
  if (decided.ok) throw new Error('it was not turned down');
  return refusalText(decided.error as Refusal, String, command.kind);
}

const twoNeeded = the.run([the.open(the.demand([2, the.bo, the.cy])), the.approve(the.bo)]).state;
const WHERE = 'the policy cannot be read (catalogue.yaml:3:1: a tab)';

describe('a refusal says what is true where it is said', () => {
  test.each<[string, RequestState, Command, string]>([
    [
      'only the requester may withdraw',
      the.pending,
      the.withdraw(the.bo),
      'Only the person who asked can do that.',
    ],
    [
      'only the requester may take the password',
      the.active,
      the.deliver(the.bo),
      'Only the person who asked can do that.',
    ],
    [
      'approvers may end, too',
      the.active,
      the.end(the.dee),
      'Only the person who asked, or one of its approvers, can end it.',
    ],
    [
      'an end of what waits for its second yes',
      twoNeeded,
      the.end(the.ana),
      'It still waits for an answer, so nothing is there yet. The person who asked can withdraw it; those who decide can deny it.',
    ],
    [
      'a yes while the policy is broken',
      the.pending,
      the.approve(the.bo, the.later(1), { eligibility: { kind: 'unknown', why: WHERE } }),
      `Not allowed: ${WHERE}.`,
    ],
  ])('%s', (_what, state, command, expected) => expect(told(state, command)).toBe(expected));

  test('who withdraws what was approved meanwhile is told how to give it back', () => {
    const approved = { code: 'wrong-state', state: 'active', by: the.bo } as const;
    expect(refusalText(approved, String, 'withdraw')).toMatch(
      /^Already approved by bo\. End it to give it back\./,
    );
    expect(refusalText(approved, String, 'approve')).toBe('Already approved by bo. Nothing changed.');
  });

  test('a broken policy is told with its place, and what still holds', () => {
    expect(unreadableText(WHERE)).toMatch(/catalogue\.yaml:3:1.*still ends on time/);
    expect(unknownPersonText(WHERE)).toMatch(/^Nothing .*: the policy cannot be read\. .*still ends on time/); // and not where
    expect(unknownPersonText(undefined)).toMatch(/not linked/);
  });
});

test.each(Object.keys(FAULTS) as FaultCode[])(
  'a request that ended with %s does not say that anybody still tries',
  (fault) => {
    const text = endingText({ kind: 'grant-failed', fault, why: 'github: 502' }, String);
    expect(text).toContain('github: 502');
    expect(text).not.toMatch(/trying/i);
  },
);
