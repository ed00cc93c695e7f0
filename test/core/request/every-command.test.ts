import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import { BLANK, type RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, pending, granting, active, revoking, closed, later } = the;
const STATES = { blank: BLANK, pending, granting, active, revoking, closed };

/** The events of an accepted command, `nothing new`, or the code of its refusal. */
const outcome = (state: RequestState, command: Command): string => {
  const decided = decide(state, command);
  if (!decided.ok) return decided.error.code;
  return decided.value.map(({ kind }) => kind).join(' ') || 'nothing new';
};

/** Each command, and its outcome in the states blank, pending, granting, active, revoking and closed. */
const TABLE: readonly (readonly [string, Command, readonly string[]])[] = [
  [
    'a command to open it',
    the.open(),
    ['requested judged', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'an approval',
    the.approve(bo, later(3)),
    [
      'unknown-request',
      'approved grant-started',
      'already-approved',
      'already-approved',
      'wrong-state',
      'wrong-state',
    ],
  ],
  [
    'an approval by another approver',
    the.approve(cy, later(3)),
    ['unknown-request', 'approved grant-started', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'a denial',
    the.deny(bo, later(3)),
    ['unknown-request', 'closed', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'a withdrawal',
    the.withdraw(ana, later(3)),
    ['unknown-request', 'closed', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'an end by the requester',
    the.end(ana, later(3)),
    ['unknown-request', 'wrong-state', 'revoke-started', 'revoke-started', 'wrong-state', 'wrong-state'],
  ],
  [
    'an end by an approver',
    the.end(bo, later(3)),
    ['unknown-request', 'wrong-state', 'revoke-started', 'revoke-started', 'wrong-state', 'wrong-state'],
  ],
  [
    'a lapse',
    the.lapse(),
    ['unknown-request', 'closed', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'a reason to void it',
    the.voided(),
    ['unknown-request', 'closed', 'revoke-started', 'revoke-started', 'wrong-state', 'wrong-state'],
  ],
  [
    'an intent',
    the.intend(),
    ['unknown-request', 'wrong-state', 'intended', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'a receipt of a grant',
    the.confirmGranted(),
    ['unknown-request', 'wrong-state', 'granted activated', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'a failure of a grant',
    the.failGrant(),
    ['unknown-request', 'wrong-state', 'revoke-started', 'wrong-state', 'wrong-state', 'wrong-state'],
  ],
  [
    'its end',
    the.expire(),
    ['unknown-request', 'wrong-state', 'revoke-started', 'revoke-started', 'wrong-state', 'wrong-state'],
  ],
  [
    'a delivery of its password',
    the.deliver(ana),
    ['unknown-request', 'wrong-state', 'wrong-state', 'delivered', 'wrong-state', 'wrong-state'],
  ],
  [
    'a receipt of a revocation',
    the.confirmRevoked(),
    ['unknown-request', 'wrong-state', 'wrong-state', 'wrong-state', 'revoked closed', 'wrong-state'],
  ],
];

describe.each(TABLE)('a request gets %s', (_what, command, outcomes) => {
  test.each(Object.keys(STATES).map((kind, index) => [kind, outcomes[index]] as const))(
    'in the state %s: %s',
    (kind, expected) => expect(outcome(STATES[kind as keyof typeof STATES], command)).toBe(expected),
  );
});
