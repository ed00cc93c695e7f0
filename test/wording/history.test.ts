import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import type { Event } from '../../core/request/events.ts';
import type { Command } from '../../core/request/commands.ts';
import { leaseIdOf } from '../../core/ids.ts';
import { historyLines } from '../../wording/history.ts';
import * as the from '../core/request/request.fixture.ts';

const { ana, approve, bo, confirmGranted, open, run } = the;
const linesOf = (events: readonly Event[]) =>
  historyLines(events, 'Orders').map((line) => terminalText(line));
const after = (...commands: readonly Command[]) =>
  linesOf(run(commands).log).map((line) => line.replace(/^2026-01-05 /, ''));

describe('the history of a request', () => {
  test('is what people did or wait for, in order, with the time of each', () =>
    expect(
      after(
        open(),
        approve(bo),
        the.intend(),
        confirmGranted(),
        the.deliver(ana),
        the.recordDrift(),
        the.confirmRepaired(the.lease, the.later(40)),
        the.end(ana, the.later(50)),
        the.confirmRevoked(),
      ),
    ).toEqual([
      '12:00 UTC: ana requested the access.',
      '12:01 UTC: bo approved the request.',
      '12:02 UTC: Access granted and verified.',
      expect.stringMatching(/^12:\d\d UTC: The password was released to ana\.$/),
      expect.stringMatching(/^12:30 UTC: Somebody (lowered|raised) the access by hand: /),
      expect.stringMatching(/^12:40 UTC: The provider showed access that differs from the ledger/),
      '12:50 UTC: Curfew began to revoke the access: ended by ana.',
      '14:02 UTC: Access revoked and verified.',
    ]));

  test('says how a request without access ended', () =>
    expect(after(open(), the.deny(bo)).at(-1)).toBe('12:01 UTC: The request is closed: denied by bo.'));

  test('of a request whose access was never granted has no line that it was revoked', () =>
    expect(after(open(), approve(bo), the.failGrant(the.later(9)), the.confirmRevoked()).slice(2)).toEqual([
      expect.stringMatching(/^12:09 UTC: Nothing was granted: the access could not be granted /),
      expect.stringMatching(/^14:02 UTC: The request is closed: the access could not be granted /),
    ]));

  test.each([
    ['one of three targets', [1], 'Access at 1 of 3 targets revoked and verified.'],
    ['the first and third of three targets', [0, 2], 'Access at 2 of 3 targets revoked and verified.'],
    ['all three targets', [0, 1, 2], 'Access revoked and verified.'],
  ])('says of how many targets the access was revoked: %s', (_what, granted, says) => {
    const leases = [0, 1, 2].map((target) => leaseIdOf(the.request, target));
    const lines = after(
      open(undefined, 3),
      approve(bo),
      ...granted.map((target) => confirmGranted(leases[target])),
      the.end(bo),
      ...leases.map((lease) => the.confirmRevoked(lease)),
    );
    expect(lines.at(-1)).toBe(`14:02 UTC: ${says}`);
  });

  test('has the note of a receipt, and no receipt without one', () => {
    const receipt = (note?: string): Event => ({
      kind: 'revoked',
      lease: the.lease,
      seen: 'none',
      ...(note ? { note } : {}),
      at: the.noon,
    });
    expect(linesOf([receipt()])).toEqual([]);
    const granted: Event = { kind: 'granted', lease: the.lease, seen: 'member', at: the.noon };
    expect(linesOf([granted, receipt('It was late.')])).toEqual([
      '2026-01-05 12:00 UTC: Access revoked and verified. The provider shows now: "none". Note: "It was late.".',
    ]);
  });

  test('has a receipt that found a change by hand, also without a note', () => {
    const granted: Event = { kind: 'granted', lease: the.lease, seen: 'member', at: the.noon };
    const drift = { change: 'raised', expected: 'write', found: 'admin' } as const;
    const receipt: Event = { kind: 'revoked', lease: the.lease, seen: 'none', drift, at: the.noon };
    expect(linesOf([granted, receipt])).toEqual([
      expect.stringContaining('Somebody raised the access by hand: the ledger expected “write”'),
    ]);
  });

  test('has no refused attempt, which only the person and the trail show', () => {
    const refused = {
      kind: 'refused',
      by: bo,
      tried: 'approve',
      refusal: { code: 'own-request' },
      at: the.noon,
    };
    expect(linesOf([refused as Event])).toEqual([]);
  });

  test('says that a newer version recorded something', () =>
    expect(linesOf([{ kind: 'praised', at: the.noon } as unknown as Event])).toEqual([
      expect.stringContaining('a newer version of Curfew'),
    ]));
});
