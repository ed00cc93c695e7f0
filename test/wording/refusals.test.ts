import { OverLimit } from '../../core/person-limits.ts';
import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import {
  internalErrorPhrase,
  refusalPhrase,
  unknownPersonPhrase,
  unreadablePolicyPhrase,
} from '../../wording/refusals.ts';
import { Fault } from '../../core/faults.ts';
import type { Minutes, RequestId } from '../../core/ids.ts';
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
    expect(terminalText(unreadablePolicyPhrase(PROBLEM))).toBe(
      `Nobody can request or approve access right now: ${PROBLEM}. Tell the operator of Curfew. Active access still ends on time, and you can still end it.`,
    );
    // A person who is not known does not read the place.
    expect(terminalText(unknownPersonPhrase(PROBLEM))).toMatch(
      /^Nobody .*: the policy cannot be read\. .*still ends on time/,
    );
    expect(terminalText(unknownPersonPhrase(undefined))).toMatch(/not linked/);
  });
});

/** Each refusal with its text. `wrong-state` has a table of its own. */
const TEXTS: readonly [Refusal, string][] = [
  [
    { code: 'unknown-entitlement', nearest: 'orders-db' },
    'There is no such entitlement. Did you mean "orders-db"?',
  ],
  [
    { code: 'unknown-entitlement' },
    'There is no such entitlement. Type "/access list" to see what you can request.',
  ],
  [
    { code: 'length-unreadable', problem: 'no-length' },
    'This is not a length of time. Write it like 90m, 2h30m or 1d, without seconds.',
  ],
  [
    { code: 'too-long', longest: 240 as Minutes },
    'That is longer than the policy allows. The longest is 4 h.',
  ],
  [{ code: 'reason-missing' }, 'Say why you need the access. The approvers and the auditors read it.'],
  [
    { code: 'reason-too-long', most: 1000 },
    'The reason is too long. It can have at most 1000 characters; link to the rest.',
  ],
  [
    { code: 'unknown-person' },
    'Your account is not linked to an active person in Curfew. Ask the operator of Curfew, who keeps "people.yaml".',
  ],
  [
    { code: 'nobody-can-approve' },
    'Nobody can approve this for you, so you cannot request it. Tell the owner of the entitlement.',
  ],
  [
    { code: 'already-open', request: 'req_01' as RequestId },
    'You have an open request with the same entitlement, length and reason: "req_01". Extend or withdraw it, or write another reason.',
  ],
  [
    { code: 'too-many-open' },
    'You have 25 open requests, and nobody can have more. End or withdraw some of them first.',
  ],
  [
    { code: 'too-many-extensions' },
    'A later end was requested 20 times for this access, the most for one request. You can request the access again after it ends.',
  ],
  [{ code: 'not-allowed', why: 'R&D is closed' }, 'Not allowed: R&D is closed.'],
  [
    { code: 'no-account', provider: 'github' },
    'Curfew does not know your account at github. Ask the operator of Curfew to add it to "people.yaml".',
  ],
  [
    { code: 'not-a-member', why: 'guest' },
    'Nothing was changed: guests of this workspace cannot use Curfew.',
  ],
  [
    { code: 'not-a-member', why: 'outsider' },
    'Nothing was changed: people from other companies cannot use Curfew here.',
  ],
  [{ code: 'not-a-member', why: 'bot' }, 'Nothing was changed: bots cannot request or approve access.'],
  [{ code: 'not-a-member', why: 'deactivated' }, 'Nothing was changed: this account is deactivated.'],
  [
    { code: 'not-a-member', why: 'other-workspace' },
    'Nothing was changed: this account belongs to another workspace.',
  ],
  [
    { code: 'not-a-member', why: 'unknown' },
    'Nothing was changed: Slack does not describe this account as a member of this workspace, so Curfew does not trust it.',
  ],
  [{ code: 'own-access' }, 'This is your own access. Somebody else has to review it.'],
  [
    { code: 'own-approval' },
    'You alone approved this access or an extension of it, or you alone adopted it. Somebody else has to review it.',
  ],
  [{ code: 'not-a-reviewer' }, 'You are not a reviewer of this access. Nothing was changed.'],
  [{ code: 'extension-open' }, 'A later end was requested already. It has to be decided first.'],
  [
    { code: 'too-long-in-total', longest: 480 as Minutes, left: 1 as Minutes },
    'With this extension the access would last longer than the policy allows: 8 h in all. You can extend it by at most 1 min.',
  ],
  [
    { code: 'too-long-in-total', longest: 480 as Minutes, left: 0 as Minutes },
    'This access lasts as long as the policy allows already: 8 h in all. It cannot be extended.',
  ],
  [{ code: 'own-request' }, 'This is your own request. Somebody else has to decide it.'],
  [{ code: 'not-an-approver' }, 'You are not an approver of this request. Nothing was changed.'],
  [
    { code: 'no-longer-an-approver' },
    'You are no longer an approver of this request: the policy is different now. Nothing was changed.',
  ],
  [{ code: 'already-approved' }, 'You have already approved this request. Each person counts once.'],
  [{ code: 'denial-reason-missing' }, 'Say why you deny the request. The requester reads it.'],
  [
    { code: 'already-delivered' },
    'The password was released already. If you did not see it, press again in 30 seconds. If you then read this again, end the access and tell your security team.',
  ],
  [
    { code: 'changed' },
    'The request is not the one that was on your screen. Nothing was approved. Look at the request again.',
  ],
  [
    { code: 'lapsed' },
    'Too late: the request lapsed, because nobody approved or denied it in time. The requester can request the access again.',
  ],
  [{ code: 'not-yet' }, 'It is too early for this.'],
  [{ code: 'unknown-request' }, 'Curfew has no such request.'],
  [{ code: 'unknown-lease' }, 'This access does not belong to this request.'],
];

test.each(TEXTS)('the text of %j', (refusal, text) => {
  expect(terminalText(refusalPhrase(refusal))).toBe(text);
});

test('a click on a request that is over says why and when it ended', () => {
  const over = {
    code: 'wrong-state',
    state: 'closed',
    ending: { kind: 'denied', by: the.bo },
    since: the.noon,
  } as const;
  expect(terminalText(refusalPhrase(over))).toBe(
    'The request is already over: denied by bo, 2026-01-05 12:00 UTC. Nothing was changed.',
  );
  const approved = { code: 'wrong-state', state: 'active', by: the.bo, since: the.noon } as const;
  expect(terminalText(refusalPhrase(approved))).toBe(
    'Already approved by bo, 2026-01-05 12:00 UTC. Nothing was changed.',
  );
  expect(terminalText(refusalPhrase({ code: 'wrong-state', state: 'revoking' }))).toBe(
    'The request is in another state now. Nothing was changed. Look at the request again.',
  );
});

test.each<[string, readonly Command[], string]>([
  ['denied', [the.deny(the.bo)], 'denied by bo, 2026-01-05 12:01 UTC'],
  ['withdrawn', [the.withdraw(the.ana)], 'withdrawn by ana, 2026-01-05 12:01 UTC'],
  ['being revoked', [the.approve(the.bo), the.confirmGranted(), the.end(the.ana)], 'ended by ana'],
])('a click on a request that is %s says who ended it, and not that they approved it', (_how, done, why) => {
  const { state } = the.run([the.open(), ...done]);
  expect(refusalOf(state, the.approve(the.cy))).toBe(
    `The request is already over: ${why}. Nothing was changed.`,
  );
});

test.each([
  [new Fault('ledger-unavailable', 'x'), 'The ledger of Curfew does not answer'],
  [new Fault('provider-refused', 'x'), 'Something failed inside Curfew'],
  [new Error('x'), 'Something failed inside Curfew'],
])('a click that failed with "%s" may not be recorded', (error, what) => {
  expect(terminalText(internalErrorPhrase(error))).toBe(
    `${what}, so your click may not be recorded. Look again in a minute. If nothing has changed, click once more. Active access still ends on time.`,
  );
});

test('a click above the limit of one person was not stored, and can be tried again later', () => {
  const error = new OverLimit('ask', { again: '2026-01-05 13:00', isFirst: true });
  expect(terminalText(internalErrorPhrase(error))).toMatch(
    /^This was done 100 times within 1 h, .* Nothing was stored\. Try again after 2026-01-05 13:00 UTC\./,
  );
});

test.each([
  ['unknown-account', 'Nobody in people.yaml has this account', ', or name the account in people.yaml'],
  ['certified', 'You certified this access in a review', ''],
] as const)('an adoption that needs a second person says why: %s', (why, cause, otherWay) => {
  expect(terminalText(refusalPhrase({ code: 'second-person-needed', why }))).toBe(
    `${cause}, so a second person must adopt it too. Your adoption is recorded. Ask another person who decides about findings${otherWay}.`,
  );
});

test('a refusal that a newer version recorded has a sentence', () =>
  expect(terminalText(refusalPhrase({ code: 'too-late' } as unknown as Refusal, 'approve'))).toBe(
    'A newer version of Curfew refused this.',
  ));
