import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { Command } from '../../core/request/commands.ts';
import type { RequestState } from '../../core/request/state.ts';
import { leaseIdOf } from '../../core/ids.ts';
import type { Elsewhere } from '../../core/elsewhere.ts';
import type { WaitSince } from '../../core/request/grant-wait.ts';
import { statusPhrase, type StatusFacts } from '../../wording/status.ts';
import * as the from '../core/request/request.fixture.ts';

const { approve, bo, cy, dee, demand, later, open, run, sam } = the;
const status = (state: RequestState, more: Partial<StatusFacts> = {}) =>
  state.kind !== 'blank' &&
  terminalText(statusPhrase({ state, title: 'Orders', wait: undefined, elsewhere: [], ...more }));

const ACTIVE = [open(), approve(bo), the.intend(), the.confirmGranted()];
const REVOKED = /The access to Orders was revoked and verified\.$/;
const PARTLY = /The access to Orders at 2 of 3 targets was revoked and verified\.$/;
const UNCONFIRMED =
  / Curfew began to grant the access and never confirmed it\. Verified: nothing of it is left\.$/;
const NEVER = /No access was granted\.$/;

const three = [0, 1, 2].map((target) => leaseIdOf(the.request, target));
const ofThree = (...granted: readonly number[]): readonly Command[] => [
  open(undefined, 3),
  approve(bo),
  ...granted.map((target) => the.confirmGranted(three[target])),
];
const allRevoked = three.map((lease) => the.confirmRevoked(lease));

describe('the status of a request', () => {
  test.each<[string, RequestState, string]>([
    ['pending', the.pending, 'Waiting for approval by bo or cy.'],
    [
      'pending, with a question to the requester',
      run([open(), the.ask(bo)]).state,
      'Waiting for ana to answer a question of bo, since 2026-01-05 12:10 UTC. The question postpones the lapse: without an answer, the request lapses 2026-01-06 04:00 UTC. It can still be approved by bo or cy.',
    ],
    [
      'pending again after the answer',
      run([open(), the.ask(bo), the.answer()]).state,
      'Waiting for approval by bo or cy.',
    ],
    [
      'granting',
      the.granting,
      'Approved by bo. Curfew is granting the access now; it ends 2026-01-05 14:01 UTC.',
    ],
    [
      'granting, with one of two targets granted',
      run([open(undefined, 2), approve(bo), the.intend(), the.confirmGranted()]).state,
      'Approved by bo. Curfew is granting the access now; it ends 2026-01-05 14:01 UTC. Granted so far: 1 of 2 targets.',
    ],
    ['active', the.active, 'Active until 2026-01-05 14:01 UTC. Approved by bo.'],
    [
      'revoking',
      the.revoking,
      'Curfew is revoking the access: expired. It tries again until the provider shows that the access is gone.',
    ],
    [
      'revoking what was never granted',
      run([open(), approve(bo), the.failGrant()]).state,
      'Nothing was granted: the access could not be granted (The provider refused the change: "fake: <@U1> has a custom role").',
    ],
    [
      'revoking what may have been granted',
      run([open(), approve(bo), the.intend(), the.end(bo)]).state,
      'Curfew is revoking what may have been granted: ended by bo. It tries again until the provider shows that nothing of it is left.',
    ],
    [
      'closed by somebody without a receipt',
      the.after([...run(ofThree(0, 1)).log, { kind: 'closed', ending: { kind: 'expired' }, at: later(122) }]),
      'Expired 2026-01-05 14:02 UTC. No receipt says that the access to Orders is gone at 2 targets.',
    ],
    [
      'closed after access',
      the.closed,
      'Expired 2026-01-05 14:02 UTC. The access to Orders was revoked and verified.',
    ],
    [
      'closed without access',
      run([open(), the.deny(bo)]).state,
      'Denied by bo, 2026-01-05 12:01 UTC. No access was granted.',
    ],
  ])('%s', (_state, state, text) => expect(status(state)).toBe(text));
});

describe('a closed request says that access was revoked, where a receipt says that it was granted', () => {
  test.each<[string, readonly Command[], RegExp]>([
    ['expired', [...ACTIVE, the.expire(), the.confirmRevoked()], REVOKED],
    ['ended', [...ACTIVE, the.end(bo), the.confirmRevoked()], REVOKED],
    ['void while active', [...ACTIVE, the.voided(), the.confirmRevoked()], REVOKED],
    ['void while it was being granted', [open(), approve(bo), the.voided(), the.confirmRevoked()], NEVER],
    ['not granted before its end', [open(), approve(bo), the.failGrant(), the.confirmRevoked()], NEVER],
    [
      'not granted after a write began',
      [open(), approve(bo), the.intend(), the.failGrant(), the.confirmRevoked()],
      UNCONFIRMED,
    ],
    [
      'granted at the second and third of three targets',
      [...ofThree(1, 2), the.failGrant(), ...allRevoked],
      PARTLY,
    ],
    ['granted at all three targets', [...ofThree(0, 1, 2), the.expire(), ...allRevoked], REVOKED],
    ['granted at none of three targets', [...ofThree(), the.failGrant(), ...allRevoked], NEVER],
    ['void while it was pending', [open(), the.voided()], NEVER],
    ['withdrawn', [open(), the.withdraw(the.ana)], NEVER],
    ['lapsed', [open(), the.lapse()], NEVER],
  ])('%s', (_what, commands, says) => {
    const { state } = run(commands);
    expect(state.kind).toBe('closed');
    expect(status(state)).toMatch(says);
  });
});

describe('active access that somebody lowered by hand', () => {
  const drifted = (at: number, found: string, change: 'lowered' | 'raised' = 'lowered'): Command => ({
    kind: 'record-drift',
    lease: three[at] ?? the.lease,
    drift: { change, expected: 'present', found },
    at: later(30),
  });
  const openedAt = (...targets: readonly string[]): Command =>
    ({ ...open(), details: { ...the.detailsOf(), targets } }) as Command;
  const ENDS = '2026-01-05 14:01 UTC';
  test.each<[string, readonly Command[], string]>([
    [
      'at its only target is not called active (I22)',
      [...ACTIVE, drifted(0, 'none')],
      `Lowered by hand: "fake" showed "none". Curfew does not grant it again. What is left of it ends ${ENDS}. Approved by bo.`,
    ],
    [
      'at the second of three targets is active at the others',
      [...ofThree(0, 1, 2), drifted(1, 'read')],
      `Active until ${ENDS}. Approved by bo. Lowered by hand at 1 of 3 targets: "fake" showed "read". Curfew does not grant it again.`,
    ],
    [
      'names the provider of each target, in the order of the writes by hand',
      [
        openedAt('github', 'postgres', 'aws-iam'),
        ...ofThree(0, 1, 2).slice(1),
        drifted(2, 'none'),
        drifted(1, 'read'),
      ],
      `Active until ${ENDS}. Approved by bo. Lowered by hand at 2 of 3 targets: "aws-iam" showed "none" and "postgres" showed "read". Curfew does not grant it again.`,
    ],
    [
      'twice shows the last level',
      [...ACTIVE, drifted(0, 'read'), drifted(0, 'none')],
      `Lowered by hand: "fake" showed "none". Curfew does not grant it again. What is left of it ends ${ENDS}. Approved by bo.`,
    ],
    [
      'and raised again shows the last level',
      [...ACTIVE, drifted(0, 'none'), drifted(0, 'read', 'raised')],
      `Lowered by hand: "fake" showed "read". Curfew does not grant it again. What is left of it ends ${ENDS}. Approved by bo.`,
    ],
    [
      'is another thing than what was only raised',
      [...ACTIVE, drifted(0, 'admin', 'raised')],
      `Active until ${ENDS}. Approved by bo.`,
    ],
    [
      'at a target that it does not have is as it was (T24)',
      [...ACTIVE, drifted(2, 'none')],
      `Active until ${ENDS}. Approved by bo.`,
    ],
  ])('%s', (_what, commands, says) => expect(status(run(commands).state)).toBe(says));
});

describe('a grant says for what it waits', () => {
  const since = later(1);
  test.each<[WaitSince, string]>([
    [
      { kind: 'log', since },
      'The access waits for the audit log since 2026-01-05 12:01 UTC: nothing is granted before the approval is published in it.',
    ],
    [
      {
        kind: 'log',
        witnesses: ['witness a at https://a.example/', 'witness b at https://b.example/'],
        since,
      },
      'The access waits for the audit log since 2026-01-05 12:01 UTC: nothing is granted before the approval is published in it. The log is not signed by "witness a at https://a.example/" and "witness b at https://b.example/". Tell the people who run Curfew: "curfew doctor" says what to do.',
    ],
    [
      { kind: 'rate', provider: 'github', since },
      'The access waits since 2026-01-05 12:01 UTC for its turn at "github", which limits the rate of our calls.',
    ],
    [
      { kind: 'vendor', provider: 'github', since },
      'The access waits for "github" since 2026-01-05 12:01 UTC, which does not answer.',
    ],
    [
      { kind: 'person', provider: 'github', since },
      'The access waits since 2026-01-05 12:01 UTC until the person does something at "github", such as accepting an invitation.',
    ],
    [
      { kind: 'first-attempt', provider: 'github', since },
      'The access waits since 2026-01-05 12:01 UTC for a first attempt at "github". The part of Curfew that grants there, or Temporal, may not run.',
    ],
    [
      { kind: 'other', fault: 'clocks-differ', since },
      'The access has waited since 2026-01-05 12:01 UTC. The clocks of two machines differ by more than 2 s, so the end of an access would be wrong. An operator has to set them right.',
    ],
  ])('%j', (wait, says) =>
    expect(status(the.granting, { wait })).toBe(
      `Approved by bo. ${says} It ends 2026-01-05 14:01 UTC at the latest.`,
    ),
  );
});

test('a grant that waits says what it has already', () => {
  const { state } = run([open(undefined, 2), approve(bo), the.intend(), the.confirmGranted()]);
  expect(status(state, { wait: { kind: 'log', since: later(1) } })).toMatch(
    / It ends 2026-01-05 14:01 UTC at the latest\. Granted so far: 1 of 2 targets\.$/,
  );
});

describe('what goes on at the providers is part of the status', () => {
  test.each<[string, RequestState, Elsewhere, RegExp]>([
    [
      'after an end',
      the.closed,
      { kind: 'session', provider: 'aws-iam', until: later(180) },
      /was revoked and verified\. A session at "aws-iam" that was open at the end can continue until 2026-01-05 15:00 UTC\.$/,
    ],
    [
      'before an approval',
      the.pending,
      { kind: 'denied', provider: 'aws-iam', toUndo: ['Delete the policy.'] },
      /^Waiting for approval by bo or cy\. "aws-iam" may still refuse this access, because all access of this person was cut off\. Undo this there by hand: Delete the policy\.$/,
    ],
  ])('%s', (_when, state, each, says) => expect(status(state, { elsewhere: [each] })).toMatch(says));
});

test('each person who approved is named, in the order of their approvals', () => {
  const approved = [open(demand([1, bo], [1, cy])), approve(bo), approve(cy, later(2))];
  expect(status(run(approved).state)).toMatch(/^Approved by bo and cy\. Curfew is granting the access now; /);
  expect(status(run([...approved, the.confirmGranted()]).state)).toMatch(/ Approved by bo and cy\.$/);
});

describe('the status of a pending request', () => {
  const twoStages = open(demand([1, bo, dee], [2, cy, dee, sam]));

  test('says so when a request has no approver', () =>
    expect(status(run([open(demand())]).state)).toBe('Waiting for approval by nobody.'));

  test('names the approvers of the open stage, and those who are asked after them', () => {
    expect(status(run([open(demand([1, bo, dee]))]).state)).toBe('Waiting for approval by bo or dee.');
    expect(status(run([twoStages]).state)).toBe(
      'Waiting for approval by bo or dee, then by 2 of these people: cy, dee and sam.',
    );
  });

  test('joins by "and" those who must all approve', () =>
    expect(status(run([open(demand([2, bo, cy]))]).state)).toBe('Waiting for approval by bo and cy.'));

  test('names who has approved, and asks for the approvals that are missing', () => {
    expect(status(run([twoStages, approve(dee)]).state)).toBe(
      'Waiting for approval by cy and sam. Approved so far by dee.',
    );
    expect(status(run([twoStages, approve(bo), approve(cy, later(2))]).state)).toBe(
      'Waiting for approval by dee or sam. Approved so far by bo and cy.',
    );
    expect(status(run([twoStages, approve(dee), approve(cy, later(2))]).state)).toBe(
      'Waiting for approval by sam. Approved so far by dee and cy.',
    );
  });
});
