import { describe, expect, test } from '@jest/globals';
import { type Command, type Eligibility, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { type Instant, leaseIdOf, type RequestId } from '../../../core/ids.ts';
import { decide } from '../../../core/request/decide.ts';
import type { RequestState } from '../../../core/request/state.ts';
import { BLANK } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, dee, sam, later, outcome, pending, granting, active, revoking, closed } = the;

const UNKNOWN: Eligibility = { kind: 'unknown', why: 'catalogue.yaml cannot be read' };

const needsTwo = the.run([the.open(the.demand([2, bo, cy]))]).state;
const approvedOnce = the.run([the.open(the.demand([2, bo, cy])), the.approve(bo)]).state;
const managerThenOwner = the.demand([1, bo, cy], [1, cy, sam]);
const managerApproved = the.run([the.open(managerThenOwner), the.approve(bo)]).state;
const bundle = the.run([the.open(the.demand([1, bo]), 2), the.approve(bo)]).state;
const passwordDelivered = the.run([
  the.open(),
  the.approve(bo),
  the.confirmGranted(),
  the.deliver(ana),
]).state;
const halfGranted = the.run([the.open(the.demand([1, bo]), 2), the.approve(bo), the.confirmGranted()]).state;
const partly = the.run([the.open(the.demand([1, bo]), 3), the.approve(bo), the.confirmGranted()]).state;
const halfRevoked = the.run([
  the.open(the.demand([1, bo]), 2),
  the.approve(bo),
  the.failGrant(),
  the.confirmRevoked(),
]).state;

const FOREIGN = leaseIdOf('req_00000000000000000000000009' as RequestId, 0);

describe('a command to open a request', () => {
  test.each<[string, RequestState, Command, string]>([
    ['a request is opened once', BLANK, the.open(), 'requested judged'],
    ['the same request cannot be opened again (B25)', pending, the.open(), 'wrong-state'],
    ['an approval of a request that does not exist is refused', BLANK, the.approve(bo), 'unknown-request'],
    [
      'a stage that needs no approver lets nobody approve (B37)',
      the.run([the.open(the.demand([0]))]).state,
      the.approve(bo),
      'not-an-approver',
    ],
    [
      'a request without a stage lets nobody approve (B37)',
      the.run([the.open(the.demand())]).state,
      the.approve(bo),
      'not-an-approver',
    ],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('an approval', () => {
  test.each<[string, RequestState, Command, string]>([
    ['the only approver starts the grant', pending, the.approve(bo), 'approved grant-started'],
    ['the first of two approvers does not start the grant', needsTwo, the.approve(bo), 'approved'],
    ['the second of two approvers starts the grant', approvedOnce, the.approve(cy), 'approved grant-started'],
    ['an approver who approves twice counts once (I9)', approvedOnce, the.approve(bo), 'already-approved'],
    [
      'the last approver who approves again after the grant started is refused (B23)',
      granting,
      the.approve(bo),
      'already-approved',
    ],
    [
      'the requester cannot approve, even as a listed approver (I10, B31)',
      the.run([the.open(the.demand([1, ana, bo]))]).state,
      the.approve(ana),
      'own-request',
    ],
    ['a person who is no approver cannot approve', pending, the.approve(dee), 'not-an-approver'],
    [
      'an approver who lost the right after the request cannot approve (B41, I12)',
      pending,
      the.approve(bo, later(1), { eligibility: NOT_ELIGIBLE }),
      'no-longer-an-approver',
    ],
    [
      'an approver cannot approve while the policy cannot be read (I14, B38)',
      pending,
      the.approve(bo, later(1), { eligibility: UNKNOWN }),
      'not-allowed',
    ],
    [
      'an approval with another digest than the request has is refused (I11, T12)',
      pending,
      the.approve(bo, later(1), { digest: 'd0' }),
      'changed',
    ],
    [
      'an approval in the last millisecond before the lapse counts',
      pending,
      the.approve(bo, (later(480) - 1) as typeof the.noon),
      'approved grant-started',
    ],
    [
      'an approval at the instant of the lapse is refused before any sweep (B27)',
      pending,
      the.approve(bo, later(480)),
      'lapsed',
    ],
    ['an approver who is not needed any more is refused (I8)', active, the.approve(cy), 'wrong-state'],
    [
      'an approver of a request that is over is told that, also if they approved it (B23)',
      closed,
      the.approve(bo),
      'wrong-state',
    ],
    [
      'an approver of a request whose access is being revoked is told that, also if they approved it (B23)',
      revoking,
      the.approve(bo),
      'wrong-state',
    ],
    ['an approval of a closed request is refused', closed, the.approve(cy), 'wrong-state'],
    [
      'an approval of the first of two stages does not start the grant',
      the.run([the.open(managerThenOwner)]).state,
      the.approve(bo),
      'approved',
    ],
    [
      'an approver of the second stage cannot approve in the first stage',
      the.run([the.open(managerThenOwner)]).state,
      the.approve(sam),
      'not-an-approver',
    ],
    [
      'an approval of the second of two stages starts the grant',
      managerApproved,
      the.approve(sam),
      'approved grant-started',
    ],
    [
      'a person who approved in one stage does not count in the next (I9)',
      the.run([the.open(managerThenOwner), the.approve(cy)]).state,
      the.approve(cy),
      'already-approved',
    ],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('a denial, a withdrawal or a lapse', () => {
  test.each<[string, RequestState, Command, string]>([
    ['a denial by an approver closes the request', pending, the.deny(bo), 'closed'],
    [
      'a person who approved can still deny while another approval is needed',
      approvedOnce,
      the.deny(bo),
      'closed',
    ],
    ['the requester cannot deny their own request', pending, the.deny(ana), 'own-request'],
    ['a person who is no approver cannot deny', pending, the.deny(dee), 'not-an-approver'],
    ['a denial after the approval is refused (F17)', granting, the.deny(cy), 'wrong-state'],
    ['a withdrawal by the requester closes the request', pending, the.withdraw(ana), 'closed'],
    ['a person who is not the requester cannot withdraw', pending, the.withdraw(bo), 'not-requester'],
    ['a withdrawal after the approval is refused', active, the.withdraw(ana), 'wrong-state'],
    ['a request that nobody answers in time lapses', pending, the.lapse(), 'closed'],
    ['a lapse before its time is refused', pending, the.lapse(later(479)), 'not-yet'],
    ['a lapse after the approval is refused', granting, the.lapse(), 'wrong-state'],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('a grant', () => {
  test.each<[string, RequestState, Command, string]>([
    ['the intent of a lease is recorded before the grant (I2)', granting, the.intend(), 'intended'],
    ['an intent before the approval is refused', pending, the.intend(), 'wrong-state'],
    ['an intent after the end is refused (B61)', granting, the.intend(the.lease, later(121)), 'wrong-state'],
    [
      'a confirmation by the provider activates the request',
      granting,
      the.confirmGranted(),
      'granted activated',
    ],
    [
      'a confirmation by the provider a millisecond before the end activates the request',
      granting,
      the.confirmGranted(the.lease, (later(121) - 1) as Instant),
      'granted activated',
    ],
    [
      'a confirmation by the provider at the end is refused, also before the end is recorded (B61)',
      granting,
      the.confirmGranted(the.lease, later(121)),
      'wrong-state',
    ],
    ['a second confirmation by the provider is refused (F13)', active, the.confirmGranted(), 'wrong-state'],
    [
      'the confirmation of the first of two targets does not activate the request',
      bundle,
      the.confirmGranted(),
      'granted',
    ],
    [
      'a second confirmation of the first target adds nothing',
      halfGranted,
      the.confirmGranted(),
      'nothing new',
    ],
    [
      'the confirmation of the second of two targets activates the request',
      halfGranted,
      the.confirmGranted(the.second),
      'granted activated',
    ],
    [
      'a confirmation after the revocation started is refused (F41)',
      revoking,
      the.confirmGranted(),
      'wrong-state',
    ],
    [
      'a grant call that fails starts a revocation, because it may have had an effect (B01)',
      granting,
      the.failGrant(),
      'revoke-started',
    ],
    [
      'the failure of one of two targets starts a revocation of both (B11)',
      halfGranted,
      the.failGrant(),
      'revoke-started',
    ],
    [
      'a policy that changes before the grant starts a revocation (B46)',
      granting,
      the.voided(),
      'revoke-started',
    ],
    ['a policy that changes before the approval closes the request', pending, the.voided(), 'closed'],
    ['an operator who voids an active request starts a revocation', active, the.voided(), 'revoke-started'],
    ['a request that is being revoked cannot be voided', revoking, the.voided(), 'wrong-state'],
    [
      'an intent of a lease that the request does not have is refused',
      granting,
      the.intend(the.second),
      'unknown-lease',
    ],
    [
      'a confirmation of a lease that the request does not have is refused',
      granting,
      the.confirmGranted(the.second),
      'unknown-lease',
    ],
    [
      'a repair of a lease of another request is refused',
      active,
      the.confirmRepaired(FOREIGN),
      'unknown-lease',
    ],
    ['an undo of a lease of another request is refused', active, the.reportUndone(FOREIGN), 'unknown-lease'],
    ['a grant that fails before the approval is refused', pending, the.failGrant(), 'wrong-state'],
    [
      'an end that comes while the provider does not answer starts a revocation (B02)',
      granting,
      the.failGrant(later(121)),
      'revoke-started',
    ],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('an end', () => {
  test.each<[string, RequestState, Command, string]>([
    ['an end that has passed starts a revocation', active, the.expire(), 'revoke-started'],
    ['the instant of the end starts a revocation', active, the.expire(later(121)), 'revoke-started'],
    ['a request whose access was never granted does not expire', granting, the.expire(), 'wrong-state'],
    [
      'a request of three targets of which two were never granted does not expire',
      partly,
      the.expire(),
      'wrong-state',
    ],
    ['a timer that fires early changes nothing', active, the.expire(later(120)), 'not-yet'],
    ['the requester can end active access', active, the.end(ana), 'revoke-started'],
    ['the requester can end access that is being granted', granting, the.end(ana), 'revoke-started'],
    ['an approver can end active access', active, the.end(cy), 'revoke-started'],
    [
      'a person who is no longer an approver cannot end access',
      active,
      the.end(cy, later(9), NOT_ELIGIBLE),
      'not-requester',
    ],
    [
      'an approver can end access while the policy cannot be read (I14)',
      active,
      the.end(cy, later(9), UNKNOWN),
      'revoke-started',
    ],
    [
      'the requester can end access while the policy cannot be read (I14)',
      active,
      the.end(ana, later(9), UNKNOWN),
      'revoke-started',
    ],
    ['a person who is no approver cannot end access', active, the.end(dee), 'not-requester'],
    ['a pending request cannot be ended', pending, the.end(ana), 'wrong-state'],
    [
      'a person who is no approver learns nothing of a pending request',
      pending,
      the.end(dee),
      'not-requester',
    ],
    [
      'an approver whom the policy removed learns nothing of a pending request',
      pending,
      the.end(cy, later(9), NOT_ELIGIBLE),
      'not-requester',
    ],
    ['a request that is being revoked cannot be ended again', revoking, the.end(ana), 'wrong-state'],
    ['a request that is being revoked cannot be withdrawn', revoking, the.withdraw(ana), 'wrong-state'],
    ['a request that is being revoked does not expire', revoking, the.expire(later(200)), 'wrong-state'],
    ['the receipt of the only lease closes the request', revoking, the.confirmRevoked(), 'revoked closed'],
    [
      'the first of two receipts does not close the request',
      the.run([the.open(the.demand([1, bo]), 2), the.approve(bo), the.failGrant()]).state,
      the.confirmRevoked(),
      'revoked',
    ],
    ['the same receipt a second time adds nothing', halfRevoked, the.confirmRevoked(), 'nothing new'],
    [
      'the second of two receipts closes the request',
      halfRevoked,
      the.confirmRevoked(the.second),
      'revoked closed',
    ],
    [
      'a receipt of a lease that the request does not have is refused',
      revoking,
      the.confirmRevoked(the.second),
      'unknown-lease',
    ],
    ['a receipt before the revocation started is refused', active, the.confirmRevoked(), 'wrong-state'],
    ['a receipt after the close is refused', closed, the.confirmRevoked(), 'wrong-state'],
    ['the password is delivered to the requester', active, the.deliver(ana), 'delivered'],
    ['the password is delivered once', passwordDelivered, the.deliver(ana, later(4)), 'already-delivered'],
    ['the password is not delivered to somebody else', active, the.deliver(bo), 'not-requester'],
    [
      'the password of a lease that the request does not have is not delivered',
      active,
      the.deliver(ana, later(3), the.second),
      'unknown-lease',
    ],
    ['the password is not delivered after the end', revoking, the.deliver(ana), 'wrong-state'],
    [
      'the password is delivered a millisecond before the end',
      active,
      the.deliver(ana, (later(121) - 1) as Instant),
      'delivered',
    ],
    [
      'the password is not delivered at the end, also before the end is recorded',
      active,
      the.deliver(ana, later(121)),
      'wrong-state',
    ],
  ])('%s', (_why, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

test.each([the.approve(bo), the.withdraw(ana), the.end(ana)])(
  'a command for a request that does not exist is refused: $kind',
  (command) => expect(decide(BLANK, command)).toEqual({ ok: false, error: { code: 'unknown-request' } }),
);

test('the reason why a request is voided or cannot be granted is recorded', () => {
  const voided = { kind: 'voided', why: 'the policy changed' };
  expect(decide(pending, the.voided())).toMatchObject({ value: [{ kind: 'closed', ending: voided }] });
  expect(decide(active, the.voided())).toMatchObject({ value: [{ kind: 'revoke-started', ending: voided }] });
  const failed = { kind: 'fail-grant', fault: 'no-room', at: later(2) } as const;
  expect(decide(granting, failed)).toStrictEqual({
    ok: true,
    value: [{ kind: 'revoke-started', ending: { kind: 'grant-failed', fault: 'no-room' }, at: later(2) }],
  });
  expect(decide(granting, { ...failed, why: 'full' })).toMatchObject({
    value: [{ ending: { kind: 'grant-failed', fault: 'no-room', why: 'full' } }],
  });
});

test('the last approval sets the end as an instant', () => {
  expect(granting).toMatchObject({ kind: 'granting', endsAt: later(121) });
});

test('a person who answers too late learns who decided, and when (B21, B23)', () => {
  expect(decide(granting, the.deny(cy, later(2)))).toEqual({
    ok: false,
    error: { code: 'wrong-state', state: 'granting', by: bo, since: later(1) },
  });
  const denied = the.run([the.open(), the.deny(bo)]).state;
  expect(decide(denied, the.approve(cy, later(2)))).toEqual({
    ok: false,
    error: {
      code: 'wrong-state',
      state: 'closed',
      by: bo,
      since: later(1),
      ending: { kind: 'denied', by: bo },
    },
  });
  const ended = the.run([the.open(), the.approve(bo), the.confirmGranted(), the.end(ana)]).state;
  expect(decide(ended, the.approve(cy, later(10)))).toEqual({
    ok: false,
    error: { code: 'wrong-state', state: 'revoking', by: ana, ending: { kind: 'ended', by: ana } },
  });
});
