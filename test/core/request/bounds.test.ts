import { expect, test } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import type { Command } from '../../../core/request/commands.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, later, outcome, pending, granting, active } = the;
const before = (at: Instant): Instant => (at - 1) as Instant;
const END = later(121);
const LAPSE = later(480);

test.each<[string, RequestState, Command, string]>([
  [
    'an intent in the last millisecond of the access',
    granting,
    the.intend(the.lease, before(END)),
    'intended',
  ],
  ['an intent at the end of the access', granting, the.intend(the.lease, END), 'wrong-state'],
  ['an end in the last millisecond, while the access is active', active, the.expire(before(END)), 'not-yet'],
  ['the end itself, while the access is active', active, the.expire(END), 'revoke-started'],
  ['the end itself, during the grant, which fails', granting, the.failGrant(END), 'revoke-started'],
  ['a lapse in the last millisecond', pending, the.lapse(before(LAPSE)), 'not-yet'],
  ['a lapse at its time', pending, the.lapse(LAPSE), 'closed'],
  ['a denial in the last millisecond before the lapse', pending, the.deny(bo, before(LAPSE)), 'closed'],
  ['a withdrawal after the lapse, before it is recorded', pending, the.withdraw(ana, later(481)), 'closed'],
  [
    'an end by the requester after the end, before it is recorded',
    active,
    the.end(ana, later(122)),
    'revoke-started',
  ],
])('the clock decides %s', (_what, state, command, expected) => {
  expect(outcome(state, command)).toBe(expected);
});
