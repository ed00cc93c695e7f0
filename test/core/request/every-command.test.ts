import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../../core/request/commands.ts';
import { BLANK } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, later, outcome, pending, granting, active, revoking, closed } = the;
const STATES = { blank: BLANK, pending, granting, active, revoking, closed };
type Kind = keyof typeof STATES;

/** Each command, and its outcome in each state in which it is not refused because of the state. */
const TABLE: readonly (readonly [string, Command, Partial<Record<Kind, string>>])[] = [
  ['a command to open it', the.open(), { blank: 'requested judged' }],
  [
    'an approval by the person who approved it, if anybody did',
    the.approve(bo, later(3)),
    { pending: 'approved grant-started', granting: 'already-approved', active: 'already-approved' },
  ],
  ['an approval by another approver', the.approve(cy, later(3)), { pending: 'approved grant-started' }],
  ['a denial', the.deny(bo, later(3)), { pending: 'closed' }],
  ['a withdrawal', the.withdraw(ana, later(3)), { pending: 'closed' }],
  [
    'an end by the requester',
    the.end(ana, later(3)),
    { granting: 'revoke-started', active: 'revoke-started' },
  ],
  ['an end by an approver', the.end(bo, later(3)), { granting: 'revoke-started', active: 'revoke-started' }],
  ['a question of an approver', the.ask(bo, later(3)), { pending: 'asked' }],
  ['an answer to no question', the.answer(ana, later(3)), { pending: 'no-question' }],
  ['a request for a later end', the.extend(later(3)), { active: 'extension-requested' }],
  ['a receipt of a later end, which nobody approved', the.confirmLeaseExtended(), {}],
  ['a report that it is extended, which nobody approved', the.confirmExtended(), {}],
  ['a lapse of an extension that it does not have', the.lapseExtension(), {}],
  ['a failure of an extension that it does not have', the.failExtension(), {}],
  ['a lapse', the.lapse(), { pending: 'closed' }],
  [
    'a reason to void it',
    the.voided(),
    { pending: 'closed', granting: 'revoke-started', active: 'revoke-started' },
  ],
  ['an intent', the.intend(), { granting: 'intended' }],
  ['a receipt of a grant', the.confirmGranted(), { granting: 'granted activated' }],
  ['a failure of a grant', the.failGrant(), { granting: 'revoke-started' }],
  ['its end', the.expire(), { active: 'revoke-started' }],
  ['a delivery of its password', the.deliver(ana), { active: 'delivered' }],
  [
    'a report that it was revoked without the ledger',
    the.reportUndone(),
    { pending: 'undone', granting: 'undone', active: 'undone', revoking: 'undone', closed: 'undone' },
  ],
  [
    'a report that its access was set right',
    the.confirmRepaired(),
    {
      pending: 'repaired',
      granting: 'repaired',
      active: 'repaired',
      revoking: 'repaired',
      closed: 'repaired',
    },
  ],
  [
    'a drift that was found',
    the.recordDrift(),
    {
      pending: 'drifted',
      granting: 'drifted',
      active: 'drifted',
      revoking: 'drifted',
      closed: 'drifted',
    },
  ],
  ['a later end that the manifest has', the.adoptEnd(), { granting: 'end-adopted', active: 'end-adopted' }],
  ['a receipt of a revocation', the.confirmRevoked(), { revoking: 'revoked closed' }],
  [
    'a report that what it left is cleaned up',
    the.confirmTidied(),
    { pending: 'tidied', granting: 'tidied', active: 'tidied', revoking: 'tidied', closed: 'tidied' },
  ],
];

describe.each(TABLE)('a request gets %s', (_what, command, outcomes) => {
  const refusedIn = (kind: Kind) => (kind === 'blank' ? 'unknown-request' : 'wrong-state');
  const kinds = Object.keys(STATES) as Kind[];
  test.each(kinds.map((kind) => [kind, outcomes[kind] ?? refusedIn(kind)] as const))(
    'in the state %s: %s',
    (kind, expected) => expect(outcome(STATES[kind], command)).toBe(expected),
  );
});
