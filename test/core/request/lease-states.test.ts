import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../../core/request/commands.ts';
import type { Event } from '../../../core/request/events.ts';
import { leaseStates } from '../../../core/request/lease-states.ts';
import {
  approve,
  bo,
  confirmGranted,
  confirmRepaired,
  confirmRevoked,
  confirmTidied,
  deliver,
  ana,
  expire,
  failGrant,
  intend,
  later,
  recordDrift,
  lease,
  open,
  demand,
  reportUndone,
  run,
  second,
} from './request.fixture.ts';
import * as the from './request.fixture.ts';

const statesAfter = (...commands: Parameters<typeof run>[0]) =>
  Object.fromEntries([...leaseStates(run(commands).log)].map(([id, { state }]) => [id, state]));
const opened = open(demand([1, bo]), 2);

describe('where the leases of a request stand', () => {
  test.each([
    ['there is none before the last approval', [opened], {}],
    ['a grant is started', [opened, approve(bo)], { [lease]: 'grant-started', [second]: 'grant-started' }],
    ['one is intended', [opened, approve(bo), intend()], { [lease]: 'intended', [second]: 'grant-started' }],
    [
      'one is granted, and the other is not',
      [opened, approve(bo), intend(), confirmGranted(), intend(second)],
      { [lease]: 'granted', [second]: 'intended' },
    ],
    [
      'the grant failed',
      [opened, approve(bo), intend(), confirmGranted(), failGrant()],
      { [lease]: 'revoke-started', [second]: 'revoke-started' },
    ],
    [
      'one is revoked',
      [opened, approve(bo), confirmGranted(), confirmGranted(second), expire(), confirmRevoked(second)],
      { [lease]: 'revoke-started', [second]: 'revoked' },
    ],
    [
      'a repair, a report and a delivery change nothing',
      [open(), approve(bo), confirmGranted(), deliver(ana), reportUndone(), confirmRepaired()],
      { [lease]: 'granted' },
    ],
    [
      'the request is closed',
      [open(), approve(bo), confirmGranted(), expire(), confirmRevoked()],
      { [lease]: 'revoked' },
    ],
  ] as const)('%s', (_what, commands, expected) => expect(statesAfter(...commands)).toEqual(expected));

  const standingAfter = (...commands: Parameters<typeof run>[0]) => leaseStates(run(commands).log).get(lease);
  const live = [open(), approve(bo), intend(), confirmGranted(lease, later(3))];

  test('its access was shown last by the receipt of its grant, or by a repair', () => {
    expect(standingAfter(open(), approve(bo), intend())).not.toHaveProperty('shownAt');
    expect(standingAfter(...live)).toMatchObject({ shownAt: later(3) });
    expect(standingAfter(...live, confirmRepaired(lease, later(9)))).toMatchObject({ shownAt: later(9) });
  });

  test('it counts for what somebody left of it, as the last drift says (I22)', () => {
    expect(standingAfter(...live)).not.toHaveProperty('cap');
    expect(standingAfter(...live, recordDrift(lease))).toMatchObject({ state: 'granted', cap: 'read' });
    expect(standingAfter(...live, recordDrift(second))).not.toHaveProperty('cap');
  });

  test('it is untidied from such a receipt until it is cleaned up, also after the request is closed', () => {
    const receipt = { ...confirmRevoked(), untidied: true } as ReturnType<typeof confirmRevoked>;
    expect(standingAfter(...live, expire(), confirmRevoked())).not.toHaveProperty('untidied');
    expect(standingAfter(...live, expire(), receipt)).toMatchObject({ state: 'revoked', untidied: true });
    expect(standingAfter(...live, expire(), receipt, confirmTidied())).toMatchObject({ untidied: false });
  });

  test.each<[string, readonly Command[], object]>([
    ['an extension is requested', [the.extend()], { endsAt: later(121) }],
    [
      'it is approved, so the provider may show a later end',
      [the.extend(), the.approveExtension(bo)],
      { endsAt: later(121), laterEnd: 'wanted' },
    ],
    [
      'the provider has it, and the old end counts',
      [the.extend(), the.approveExtension(bo), the.confirmLeaseExtended()],
      { endsAt: later(121), laterEnd: 'wanted' },
    ],
    [
      'it failed, so the later end must go',
      [the.extend(), the.approveExtension(bo), the.confirmLeaseExtended(), the.failExtension()],
      { endsAt: later(121), laterEnd: 'unwanted' },
    ],
    ['it is denied', [the.extend(), the.denyExtension(bo)], { endsAt: later(121) }],
    [
      'it is extended',
      [the.extend(), the.approveExtension(bo), the.confirmLeaseExtended(), the.confirmExtended()],
      { endsAt: later(181) },
    ],
  ])('its end, when %s', (_when, commands, expected) => {
    const { endsAt, laterEnd } = standingAfter(...the.untilActive, ...commands) ?? {};
    expect({ endsAt, ...(laterEnd && { laterEnd }) }).toEqual(expected);
  });

  test('a forged extension moves no end: the end is the one that was approved (T24)', () => {
    const forged = [
      { kind: 'extended', endsAt: later(9_999), at: later(63) },
      { kind: 'extension-started', endsAt: later(9_999), at: later(63) },
    ] as const;
    const { log } = run(the.untilActive);
    expect(leaseStates([...log, ...forged]).get(lease)?.endsAt).toBe(later(121));
    const approved = run([...the.untilActive, the.extend(), the.approveExtension(bo)]).log;
    expect(leaseStates([...approved, ...forged]).get(lease)?.endsAt).toBe(later(181));
  });

  test('each ends when the last approval said, two hours later', () =>
    expect(leaseStates(run([open(), approve(bo)]).log).get(lease)?.endsAt).toBe(later(121)));

  test('events that come in the wrong state change nothing (T24)', () => {
    const { log } = run([open(), approve(bo), intend(), confirmGranted()]);
    const [started] = log.filter((event) => event.kind === 'grant-started');
    const standing = { state: 'granted', endsAt: later(121), intendedAt: later(1), shownAt: later(2) };
    for (const forged of [
      { ...started, endsAt: later(99_999) },
      { kind: 'intended', lease },
      { kind: 'granted', lease },
      { kind: 'revoked', lease },
    ])
      expect(leaseStates([...log, { at: later(5), ...forged } as Event])).toEqual(
        new Map([[lease, standing]]),
      );
    const { log: ended } = run([open(), approve(bo), confirmGranted(), expire()]);
    const again = [...ended, started, { kind: 'granted', lease, at: later(130) }] as Event[];
    expect(leaseStates(again).get(lease)?.state).toBe('revoke-started');
  });

  test('an event of a lease that the request does not have changes nothing (T24)', () => {
    const { log } = run([open(), approve(bo)]);
    const forged = { kind: 'intended', lease: second, at: later(5) } as Event;
    expect([...leaseStates([...log, forged]).keys()]).toEqual([lease]);
  });

  test('nothing changes a lease that is revoked', () => {
    const { log } = run([open(), approve(bo), confirmGranted(), expire(), confirmRevoked()]);
    const intended = { kind: 'intended', lease, at: later(130) } as Event;
    for (const event of [...log, intended])
      expect([event.kind, leaseStates([...log, event]).get(lease)?.state]).toEqual([event.kind, 'revoked']);
  });
});
