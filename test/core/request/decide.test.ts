import { describe, expect, test } from '@jest/globals';
import { type Command, type Eligibility, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import type { RequestState } from '../../../core/request/state.ts';
import { BLANK } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, dee, sam, later, pending, granting, active, revoking, closed } = the;

const UNKNOWN: Eligibility = { kind: 'unknown', why: 'catalogue.yaml cannot be read' };

const outcome = (state: RequestState, command: Command): string => {
  const decided = decide(state, command);
  if (!decided.ok) return decided.error.code;
  return decided.value.map(({ kind }) => kind).join(' ') || 'nothing new';
};

const twoOf = the.run([the.open(the.demand([2, bo, cy]))]).state;
const oneSaidYes = the.run([the.open(the.demand([2, bo, cy])), the.approve(bo)]).state;
const managerThenOwner = the.demand([1, bo, cy], [1, cy, sam]);
const managerSaidYes = the.run([the.open(managerThenOwner), the.approve(bo)]).state;
const bundle = the.run([the.open(the.demand([1, bo]), 2), the.approve(bo)]).state;
const passwordTaken = the.run([the.open(), the.approve(bo), the.confirmGranted(), the.deliver(ana)]).state;
const halfGranted = the.run([the.open(the.demand([1, bo]), 2), the.approve(bo), the.confirmGranted()]).state;
const halfRemoved = the.run([
  the.open(the.demand([1, bo]), 2),
  the.approve(bo),
  the.failGrant(),
  the.confirmRemoved(),
]).state;

describe('asking', () => {
  test.each<[string, RequestState, Command, string]>([
    ['a request is opened once', BLANK, the.open(), 'requested judged'],
    ['opening it again is refused (B25)', pending, the.open(), 'wrong-state'],
    ['nobody can approve what was never asked', BLANK, the.approve(bo), 'unknown-request'],
    [
      'a stage that needs nobody approves nothing (B37)',
      the.run([the.open(the.demand([0]))]).state,
      the.approve(bo),
      'not-an-approver',
    ],
    [
      'no stage at all approves nothing (B37)',
      the.run([the.open(the.demand())]).state,
      the.approve(bo),
      'not-an-approver',
    ],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('approving', () => {
  test.each<[string, RequestState, Command, string]>([
    ['an approver approves', pending, the.approve(bo), 'approved grant-started'],
    ['the first of two approvers', twoOf, the.approve(bo), 'approved'],
    ['the second of two approvers', oneSaidYes, the.approve(cy), 'approved grant-started'],
    ['the same approver twice counts once (I9)', oneSaidYes, the.approve(bo), 'already-approved'],
    ['the last approver again, after the grant began (B23)', granting, the.approve(bo), 'already-approved'],
    [
      'the requester, though eligible (I10, B31)',
      the.run([the.open(the.demand([1, ana, bo]))]).state,
      the.approve(ana),
      'own-request',
    ],
    ['a bystander', pending, the.approve(dee), 'not-an-approver'],
    [
      'one who lost the right since the asking (B41, I12)',
      pending,
      the.approve(bo, later(1), { eligibility: NOT_ELIGIBLE }),
      'no-longer-an-approver',
    ],
    [
      'one of whom the policy cannot say anything now (I14, B38)',
      pending,
      the.approve(bo, later(1), { eligibility: UNKNOWN }),
      'not-allowed',
    ],
    [
      'an approver ends it while the policy cannot be read (I14)',
      active,
      the.end(cy, later(9), UNKNOWN),
      'revoke-started',
    ],
    [
      'the requester is done while the policy cannot be read (I14)',
      active,
      the.end(ana, later(9), UNKNOWN),
      'revoke-started',
    ],
    [
      'an answer to something else than was shown (I11, T12)',
      pending,
      the.approve(bo, later(1), { digest: 'd0' }),
      'changed',
    ],
    [
      'the last millisecond before the lapse',
      pending,
      the.approve(bo, (later(480) - 1) as typeof the.noon),
      'approved grant-started',
    ],
    ['the very instant of the lapse, before any sweep (B27)', pending, the.approve(bo, later(480)), 'lapsed'],
    ['a second approver who comes too late (I8)', active, the.approve(cy), 'wrong-state'],
    ['an approval of something closed', closed, the.approve(cy), 'wrong-state'],
    [
      'the first stage hands on to the second',
      the.run([the.open(managerThenOwner)]).state,
      the.approve(bo),
      'approved',
    ],
    [
      'a second-stage approver speaks before their turn',
      the.run([the.open(managerThenOwner)]).state,
      the.approve(sam),
      'not-an-approver',
    ],
    ['the second stage starts the grant', managerSaidYes, the.approve(sam), 'approved grant-started'],
    [
      'nobody counts in two stages (I9)',
      the.run([the.open(managerThenOwner), the.approve(cy)]).state,
      the.approve(cy),
      'already-approved',
    ],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('denying, withdrawing, lapsing', () => {
  test.each<[string, RequestState, Command, string]>([
    ['an approver denies', pending, the.deny(bo), 'closed'],
    ['one who approved may still deny while another is awaited', oneSaidYes, the.deny(bo), 'closed'],
    ['the requester denies their own', pending, the.deny(ana), 'own-request'],
    ['a bystander denies', pending, the.deny(dee), 'not-an-approver'],
    ['a denial after the approval (F17)', granting, the.deny(cy), 'wrong-state'],
    ['the requester withdraws', pending, the.withdraw(ana), 'closed'],
    ['somebody else withdraws', pending, the.withdraw(bo), 'not-requester'],
    ['a withdrawal after the approval', active, the.withdraw(ana), 'wrong-state'],
    ['nobody answered in time', pending, the.lapse(), 'closed'],
    ['it is too early to lapse', pending, the.lapse(later(479)), 'not-yet'],
    ['a lapse after the approval', granting, the.lapse(), 'wrong-state'],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('granting', () => {
  test.each<[string, RequestState, Command, string]>([
    ['the intent is written first (I2)', granting, the.intend(), 'intended'],
    ['no intent before the approval', pending, the.intend(), 'wrong-state'],
    ['no intent after the end (B61)', granting, the.intend(the.lease, later(121)), 'wrong-state'],
    ['the provider confirms', granting, the.confirmGranted(), 'granted activated'],
    ['the provider confirms twice (F13)', active, the.confirmGranted(), 'wrong-state'],
    ['the first of two targets', bundle, the.confirmGranted(), 'granted'],
    ['the first target again', halfGranted, the.confirmGranted(), 'nothing new'],
    ['the second of two targets', halfGranted, the.confirmGranted(the.second), 'granted activated'],
    [
      'a confirmation that comes after taking back began (F41)',
      revoking,
      the.confirmGranted(),
      'wrong-state',
    ],
    ['the grant call fails, and may have worked (B01)', granting, the.failGrant(), 'revoke-started'],
    ['half a bundle failed (B11)', halfGranted, the.failGrant(), 'revoke-started'],
    ['the policy changed before the grant (B46)', granting, the.voided(), 'revoke-started'],
    ['the policy changed before the approval', pending, the.voided(), 'closed'],
    ['an operator cancels what is active', active, the.voided(), 'revoke-started'],
    ['what is being taken back is not voided too', revoking, the.voided(), 'wrong-state'],
    ['the end comes while the provider still hangs (B02)', granting, the.expire(), 'revoke-started'],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('ending', () => {
  test.each<[string, RequestState, Command, string]>([
    ['time is up', active, the.expire(), 'revoke-started'],
    ['the very instant of the end', active, the.expire(later(121)), 'revoke-started'],
    ['a timer that fires early', active, the.expire(later(120)), 'not-yet'],
    ['the requester is done', active, the.end(ana), 'revoke-started'],
    ['the requester is done before it was there', granting, the.end(ana), 'revoke-started'],
    ['an approver ends it', active, the.end(cy), 'revoke-started'],
    [
      'one who is no longer an approver ends it',
      active,
      the.end(cy, later(9), NOT_ELIGIBLE),
      'not-requester',
    ],
    ['a bystander ends it', active, the.end(dee), 'not-requester'],
    ['ending what waits for an answer', pending, the.end(ana), 'wrong-state'],
    ['ending twice', revoking, the.end(ana), 'wrong-state'],
    ['revoking cannot be cut short', revoking, the.withdraw(ana), 'wrong-state'],
    ['revoking does not expire again', revoking, the.expire(later(200)), 'wrong-state'],
    ['the receipt closes it', revoking, the.confirmRemoved(), 'revoked closed'],
    [
      'one receipt of two',
      the.run([the.open(the.demand([1, bo]), 2), the.approve(bo), the.failGrant()]).state,
      the.confirmRemoved(),
      'revoked',
    ],
    ['the same receipt again', halfRemoved, the.confirmRemoved(), 'nothing new'],
    ['the second receipt of two', halfRemoved, the.confirmRemoved(the.second), 'revoked closed'],
    ['a receipt for a lease of another request', revoking, the.confirmRemoved(the.second), 'unknown-lease'],
    ['a receipt for what nobody took back', active, the.confirmRemoved(), 'wrong-state'],
    ['a receipt after the close', closed, the.confirmRemoved(), 'wrong-state'],
    ['the requester takes the password', active, the.deliver(ana), 'delivered'],
    ['the requester asks for it again', passwordTaken, the.deliver(ana, later(4)), 'already-delivered'],
    ['somebody else takes the password', active, the.deliver(bo), 'not-requester'],
    ['the password of what has ended', revoking, the.deliver(ana), 'wrong-state'],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

test('the end is fixed as an instant by the last approval', () => {
  expect(granting).toMatchObject({ kind: 'granting', endsAt: later(121) });
});

test('the loser of a race learns who decided, and when (B21, B23)', () => {
  expect(decide(granting, the.deny(cy, later(2)))).toEqual({
    ok: false,
    error: { code: 'wrong-state', state: 'granting', by: bo, since: later(1) },
  });
  const denied = the.run([the.open(), the.deny(bo)]).state;
  expect(decide(denied, the.approve(cy, later(2)))).toMatchObject({
    error: { code: 'wrong-state', now: 'closed', by: bo, ending: { kind: 'denied' } },
  });
});
