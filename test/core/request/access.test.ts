import { describe, expect, test } from '@jest/globals';
import type { GrantedAccess } from '../../../core/request/access.ts';
import type { Command } from '../../../core/request/commands.ts';
import { leaseIdOf } from '../../../core/ids.ts';
import * as the from './request.fixture.ts';

const [first, second, third] = [0, 1, 2].map((target) => leaseIdOf(the.request, target)) as [
  typeof the.lease,
  typeof the.lease,
  typeof the.lease,
];
const all = [first, second, third];
const revoked = all.map((lease) => the.confirmRevoked(lease));
const opened = [the.open(undefined, 3), the.approve(the.bo)];

/** What is known of the access of a closed request with three targets. */
function givenAfter(commands: readonly Command[]): GrantedAccess | undefined {
  const { state } = the.run([...opened, ...commands]);
  return state.kind === 'closed' ? state.access : undefined;
}

describe('the access of a closed request with three targets is', () => {
  test.each<[string, readonly Command[], GrantedAccess]>([
    [
      'never granted, when its time came before the first write',
      [the.failGrant(), ...revoked],
      { kind: 'never-granted' },
    ],
    [
      'never granted, when somebody ended it before',
      [the.end(the.ana), ...revoked],
      { kind: 'never-granted' },
    ],
    [
      'unconfirmed, when a write began and no read showed the access',
      [the.intend(second), the.failGrant(), ...revoked],
      { kind: 'unconfirmed' },
    ],
    [
      'granted at the first of three targets',
      [the.intend(first), the.confirmGranted(first), the.intend(third), the.failGrant(), ...revoked],
      { kind: 'granted', targets: 1, of: 3 },
    ],
    [
      'granted at the second and the third of three targets',
      [the.confirmGranted(second), the.confirmGranted(third), the.failGrant(), ...revoked],
      { kind: 'granted', targets: 2, of: 3 },
    ],
    [
      'granted at all three targets',
      [...all.map((lease) => the.confirmGranted(lease)), the.expire(), ...revoked],
      { kind: 'granted', targets: 3, of: 3 },
    ],
  ])('%s', (_what, commands, given) => expect(givenAfter(commands)).toEqual(given));

  test('never granted, when it was denied', () =>
    expect(the.run([the.open(), the.deny(the.bo)]).state).toMatchObject({
      access: { kind: 'never-granted' },
    }));
});

describe('an access of which a receipt of the revocation is missing is not called revoked', () => {
  const closedByHand = { kind: 'closed', ending: { kind: 'expired' }, at: the.later(9) } as const;
  test.each<[string, readonly Command[], GrantedAccess]>([
    ['granted at two targets', [the.confirmGranted(first), the.confirmGranted(second)], unreceipted(2)],
    ['a write began', [the.intend(third)], unreceipted(1)],
    ['nothing was written', [], { kind: 'never-granted' }],
  ])('%s', (_what, commands, given) => {
    const { log } = the.run([...opened, ...commands]);
    expect(the.after([...log, closedByHand])).toMatchObject({ kind: 'closed', access: given });
  });
});

function unreceipted(targets: number): GrantedAccess {
  return { kind: 'unreceipted', targets };
}
