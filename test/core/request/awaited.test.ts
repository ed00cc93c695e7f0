import { describe, expect, test } from '@jest/globals';
import { newsForRequester } from '../../../core/request/awaited.ts';
import type { Command } from '../../../core/request/commands.ts';
import type { Event } from '../../../core/request/events.ts';
import * as the from './request.fixture.ts';

const { ana, approve, bo, confirmGranted, confirmRevoked, deny, end, noon, open, run } = the;
const ACTIVE = [open(), approve(bo), the.intend(), confirmGranted()];
const raised: Command = {
  kind: 'record-drift',
  lease: the.lease,
  drift: { change: 'raised', expected: 'read', found: 'write' },
  at: the.later(30),
};
const lowered: Command = {
  ...raised,
  drift: { change: 'lowered', expected: 'write', found: 'read' },
};

/** The kinds of events of this life that its requester is told of in a new message. */
const toldIn = (commands: readonly Command[]): readonly string[] => {
  const trail = run(commands).log.map((event) => ({ event }));
  return trail.flatMap(({ event }, at) =>
    newsForRequester(trail.slice(0, at + 1), at, at + 1, ana) ? [event.kind] : [],
  );
};

describe('a requester is told of', () => {
  test.each<[string, readonly Command[], readonly string[]]>([
    [
      'access that is granted, and that expired',
      [...ACTIVE, the.expire(), confirmRevoked()],
      ['activated', 'closed'],
    ],
    ['access that an approver ended', [...ACTIVE, end(bo), confirmRevoked()], ['activated', 'closed']],
    [
      'their access, but not of the end that they asked for',
      [...ACTIVE, end(ana), confirmRevoked()],
      ['activated'],
    ],
    ['a denial', [open(), deny(bo)], ['closed']],
    ['a request that lapsed', [open(), the.lapse()], ['closed']],
    ['a request that became void', [open(), the.voided()], ['closed']],
    ['nothing, when they withdrew the request', [open(), the.withdraw(ana)], []],
    [
      'a grant that failed, before all of it is revoked, and only once',
      [open(), approve(bo), the.failGrant(), confirmRevoked()],
      ['revoke-started'],
    ],
    ['access that somebody lowered by hand', [...ACTIVE, lowered], ['activated', 'drifted']],
    ['no access that somebody raised by hand', [...ACTIVE, raised], ['activated']],
    [
      'an extension that is granted',
      [
        ...the.untilActive,
        the.extend(),
        the.approveExtension(bo),
        the.confirmLeaseExtended(),
        the.confirmExtended(),
      ],
      ['activated', 'extended'],
    ],
    [
      'an extension that is denied',
      [...the.untilActive, the.extend(), the.denyExtension(bo)],
      ['activated', 'extension-closed'],
    ],
    [
      'no extension that they withdrew',
      [...the.untilActive, the.extend(), the.withdrawExtension(ana)],
      ['activated'],
    ],
    ['a question of an approver, and not their own answer', [open(), the.ask(bo), the.answer()], ['asked']],
    ['nothing of a repair', [...ACTIVE, the.confirmRepaired()], ['activated']],
  ])('%s', (_what, commands, kinds) => expect(toldIn(commands)).toEqual(kinds));

  test('the last change that they wait for, when an earlier one was not sent yet', () => {
    const trail = run([...ACTIVE, the.expire(), confirmRevoked()]).log.map((event) => ({ event }));
    const told = (from: number, to: number) => newsForRequester(trail, from, to, ana);
    const at = (kind: Event['kind']) => trail.findIndex(({ event }) => event.kind === kind);
    expect([told(at('activated'), at('activated') + 1), told(at('closed'), at('closed') + 1)]).toEqual([
      undefined,
      { kind: 'can-wait' },
    ]);
    expect(told(0, trail.length)).toEqual({ kind: 'can-wait' });
  });

  test.each<[string, readonly Command[], string]>([
    ['active access', ACTIVE, 'urgent'],
    ['access that was lowered', [...ACTIVE, lowered], 'urgent'],
    ['a grant that failed', [open(), approve(bo), the.failGrant()], 'urgent'],
    ['a denial', [open(), deny(bo)], 'can-wait'],
    ['the end', [...ACTIVE, the.expire(), confirmRevoked()], 'can-wait'],
  ])('%s, and how urgent it is', (_what, commands, kind) => {
    const trail = run(commands).log.map((event) => ({ event }));
    expect(newsForRequester(trail, 0, trail.length, ana)).toEqual({ kind });
  });

  test('nothing that a newer version recorded and this one does not know', () => {
    const event = { kind: 'praised', at: noon } as unknown as Event;
    expect(newsForRequester([{ event }], 0, 1, ana)).toBeUndefined();
  });
});
