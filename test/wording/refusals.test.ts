import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import { refusalPhrase, unknownPersonPhrase, unreadablePolicyPhrase } from '../../wording/refusals.ts';
import { endingPhrase } from '../../wording/endings.ts';
import { FAULTS, type FaultCode } from '../../core/faults.ts';
import type { Command } from '../../core/request/commands.ts';
import { decide } from '../../core/request/decide.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestState } from '../../core/request/state.ts';
import * as the from '../core/request/request.fixture.ts';

/** What a person reads when this command is refused. */
function refusalOf(state: RequestState, command: Command): string {
  const decided = decide(state, command);
  if (decided.ok) throw new Error('the command was not refused');
  return terminalText(refusalPhrase(decided.error as Refusal, command.kind));
}

const twoNeeded = the.run([the.open(the.demand([2, the.bo, the.cy])), the.approve(the.bo)]).state;
const PROBLEM = 'the policy cannot be read (catalogue.yaml:3:1: a tab)';

describe('the text of a refusal fits the state of the request and the command', () => {
  test.each<[string, RequestState, Command, string]>([
    [
      'a withdrawal by somebody else than the requester',
      the.pending,
      the.withdraw(the.bo),
      'Only the requester can do this.',
    ],
    [
      'a password for somebody else than the requester',
      the.active,
      the.deliver(the.bo),
      'Only the requester can do this.',
    ],
    [
      'an end by somebody who is neither the requester nor an approver',
      the.active,
      the.end(the.dee),
      'Only the requester or an approver can end the access.',
    ],
    [
      'an end of a request that waits for its second approval',
      twoNeeded,
      the.end(the.ana),
      'The request is still pending, so there is no access yet. The requester can withdraw it; the approvers can deny it.',
    ],
    [
      'an approval while the policy cannot be read',
      the.pending,
      the.approve(the.bo, the.later(1), { eligibility: { kind: 'unknown', why: PROBLEM } }),
      `Not allowed: ${PROBLEM}.`,
    ],
  ])('%s', (_what, state, command, expected) => expect(refusalOf(state, command)).toBe(expected));

  test('a withdrawal after the approval says that the access can be ended', () => {
    const approved = { code: 'wrong-state', state: 'active', by: the.bo } as const;
    expect(terminalText(refusalPhrase(approved, 'withdraw'))).toMatch(
      /^Already approved by bo\. End the access instead\./,
    );
    expect(terminalText(refusalPhrase(approved, 'approve'))).toBe(
      'Already approved by bo. Nothing was changed.',
    );
  });

  test('an unreadable policy is shown with its place and with what still works', () => {
    expect(terminalText(unreadablePolicyPhrase(PROBLEM))).toMatch(/catalogue\.yaml:3:1.*still ends on time/);
    // A person who is not known does not read the place.
    expect(terminalText(unknownPersonPhrase(PROBLEM))).toMatch(
      /^Nobody .*: the policy cannot be read\. .*still ends on time/,
    );
    expect(terminalText(unknownPersonPhrase(undefined))).toMatch(/not linked/);
  });
});

test.each(Object.keys(FAULTS) as FaultCode[])(
  'the text of a request that ended with %s does not say that Curfew still tries',
  (fault) => {
    const text = terminalText(endingPhrase({ kind: 'grant-failed', fault, why: 'github: 502' }));
    expect(text).toContain('github: 502');
    expect(text).not.toMatch(/trying/i);
  },
);
