import { expect, test } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import type { Command } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, later, pending, granting, active } = the;
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
  ['an end in the last millisecond, during the grant', granting, the.expire(before(END)), 'not-yet'],
  ['the end itself, during the grant', granting, the.expire(END), 'revoke-started'],
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
  const decided = decide(state, command);
  expect(decided.ok ? decided.value.map(({ kind }) => kind).join(' ') : decided.error.code).toBe(expected);
});

test('each lease of a request has a password of its own, which is delivered once', () => {
  const two = [
    the.open(the.demand([1, bo]), 2),
    the.approve(bo),
    the.confirmGranted(),
    the.confirmGranted(the.second),
  ];
  const { state } = the.run([...two, the.deliver(ana)]);
  const at = later(5);
  expect(decide(state, the.deliver(ana, at, the.second))).toEqual({
    ok: true,
    value: [{ kind: 'delivered', by: ana, lease: the.second, at }],
  });
  expect(decide(state, the.deliver(ana, at))).toEqual({ ok: false, error: { code: 'already-delivered' } });
});

test('an end names the person who ended the access, who is not always the requester', () => {
  for (const by of [ana, bo, cy])
    expect(decide(active, the.end(by))).toMatchObject({ value: [{ ending: { kind: 'ended', by } }] });
});

test('a receipt keeps what was seen and its note, and one without a note has none', () => {
  const receipt = { ...the.confirmRevoked(), note: 'It was late.' } as Command;
  const revoked = { kind: 'revoked', lease: the.lease, seen: 'none', at: later(122) };
  const closed = { kind: 'closed', ending: { kind: 'expired' }, at: later(122) };
  expect(decide(the.revoking, receipt)).toStrictEqual({
    ok: true,
    value: [{ ...revoked, note: 'It was late.' }, closed],
  });
  expect(decide(the.revoking, the.confirmRevoked())).toStrictEqual({ ok: true, value: [revoked, closed] });
});
