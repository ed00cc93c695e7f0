import { expect, test } from '@jest/globals';
import type { Command } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, later, active } = the;

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
