import { expect, test } from '@jest/globals';
import type { Command } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, dee, later } = the;
const twice = [the.open(the.demand([2, bo, cy])), the.approve(bo), the.approve(cy, later(3))];
const approvedTwice = the.run(twice).state;
const activeTwice = the.run([...twice, the.confirmGranted(the.lease, later(4))]).state;
const voided = the.run([the.open(), the.approve(bo), the.confirmGranted(), the.voided(later(3))]).state;

test.each<[string, RequestState, Command, object]>([
  [
    'the last approver, while the access is being granted',
    approvedTwice,
    the.deny(dee, later(5)),
    { state: 'granting', by: cy, since: later(3) },
  ],
  [
    'the last approver, while the access is active',
    activeTwice,
    the.withdraw(ana, later(5)),
    { state: 'active', by: cy, since: later(3) },
  ],
  [
    'the approver so far, before an end is possible',
    the.run(twice.slice(0, 2)).state,
    the.end(ana, later(5)),
    { state: 'pending', by: bo, since: later(1) },
  ],
  [
    'the end of the access, for a password at that moment, before the end is recorded',
    the.active,
    the.deliver(ana, later(121)),
    { state: 'revoking', ending: { kind: 'expired' } },
  ],
  ['no person, before the first approval', the.pending, the.end(ana, later(5)), { state: 'pending' }],
  [
    'no person, when the system ended the access',
    voided,
    the.end(ana, later(5)),
    { state: 'revoking', ending: { kind: 'voided', why: 'the policy changed' } },
  ],
  [
    'the instant of the close, and not of the end of the access',
    the.closed,
    the.approve(cy, later(130)),
    { state: 'closed', since: later(122), ending: { kind: 'expired' } },
  ],
])('the refusal wrong-state names %s (B21, B23)', (_what, state, command, told) =>
  expect(decide(state, command)).toStrictEqual({ ok: false, error: { code: 'wrong-state', ...told } }),
);
