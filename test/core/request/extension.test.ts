import { describe, expect, test } from '@jest/globals';
import type { Instant, Minutes } from '../../../core/ids.ts';
import { type Command, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import { digestToAnswer, lengthGiven } from '../../../core/request/extension.ts';
import { offers } from '../../../core/request/offers.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { ana, bo, cy, dee, later, outcome, END, active, asked, extending, leaseExtended, extended } = the;
const before = (at: Instant): Instant => (at - 1) as Instant;
const [demandOfTwo] = [the.demand([1, bo], [1, cy])];
const twoStages = the.run([...the.untilActive, the.extend(later(60), { demanded: demandOfTwo })]).state;
const twoLeases = the.run([
  the.open(the.demand([1, bo]), 2),
  the.approve(bo),
  the.confirmGranted(),
  the.confirmGranted(the.second),
  the.extend(),
  the.approveExtension(bo),
  the.confirmLeaseExtended(),
]).state;

describe('a later end', () => {
  test.each<[string, RequestState, Command, string]>([
    ['can be asked for by the requester', active, the.extend(), 'extension-requested'],
    ['by nobody else', active, the.extend(later(60), { by: bo }), 'not-requester'],
    ['once at a time', asked, the.extend(), 'extension-open'],
    ['also not while it is carried out', extending, the.extend(), 'extension-open'],
    [
      'again after it is extended',
      extended,
      the.extend(later(64), { from: later(181) }),
      'extension-requested',
    ],
    ['in the last millisecond', active, the.extend(before(END)), 'extension-requested'],
    ['not at the end', active, the.extend(END), 'wrong-state'],
    ['not before the access is there', the.granting, the.extend(later(2)), 'wrong-state'],
    ['not from an end that the access has no more', extended, the.extend(later(64)), 'changed'],
    ['not for an end that is no later', active, the.extend(later(60), { minutes: 0 }), 'changed'],
  ])('%s', (_what, state, command, expected) => expect(outcome(state, command)).toBe(expected));
});

describe('one request can be extended twenty times, because each extension lengthens its trail', () => {
  /** An active request whose extension was requested and withdrawn so often. */
  const withdrawn = (times: number): RequestState =>
    the.run([
      ...the.untilActive,
      ...Array.from({ length: times }, () => [the.extend(), the.withdrawExtension(ana)]).flat(),
    ]).state;

  test('the twentieth is accepted, and the next one is refused, also in what is offered', () => {
    expect(outcome(withdrawn(19), the.extend())).toBe('extension-requested');
    expect(offers(withdrawn(19), ana, later(70))).toContain('extend');
    expect(outcome(withdrawn(20), the.extend())).toBe('too-many-extensions');
    expect(offers(withdrawn(20), ana, later(70))).not.toContain('extend');
  });

  test('the access can be ended as before', () => {
    expect(outcome(withdrawn(20), the.end(ana))).toBe(outcome(active, the.end(ana)));
  });
});

describe('an extension that waits for approval', () => {
  test.each<[string, RequestState, Command, string]>([
    [
      'starts with the last approval',
      asked,
      the.approveExtension(bo),
      'extension-approved extension-started',
    ],
    ['needs each of its stages', twoStages, the.approveExtension(bo), 'extension-approved'],
    ['and the stages in their order', twoStages, the.approveExtension(cy), 'not-an-approver'],
    ['is not approved by its requester (I10)', asked, the.approveExtension(ana), 'own-request'],
    ['or by somebody whom it does not name (I9)', asked, the.approveExtension(dee), 'not-an-approver'],
    [
      'or by an approver who is none any more (I12)',
      asked,
      the.approveExtension(bo, later(61), { eligibility: NOT_ELIGIBLE }),
      'no-longer-an-approver',
    ],
    ['or with the digest of the request (I11)', asked, the.approve(cy, later(61)), 'wrong-state'],
    [
      'or with that of another extension (I11)',
      asked,
      the.approve(cy, later(61), { digest: 'x2' }),
      'changed',
    ],
    ['or after it lapsed', asked, the.approveExtension(bo, later(120)), 'lapsed'],
    ['is over with one denial', asked, the.denyExtension(cy), 'extension-closed'],
    [
      'which has a reason',
      asked,
      the.denyExtension(cy, later(61), { hasReason: false }),
      'denial-reason-missing',
    ],
    ['and names its digest', asked, the.deny(cy, later(61), { digest: 'x2' }), 'changed'],
    ['is withdrawn by its requester', asked, the.withdrawExtension(ana), 'extension-closed'],
    ['and by nobody else', asked, the.withdrawExtension(bo), 'not-requester'],
    ['and not with the digest of the request', asked, the.withdraw(ana, later(61)), 'wrong-state'],
    ['lapses at its time', asked, the.lapseExtension(), 'extension-closed'],
    ['and not before', asked, the.lapseExtension(before(later(120))), 'not-yet'],
    ['cannot fail', asked, the.failExtension(), 'not-yet'],
    ['moves no end', asked, the.confirmLeaseExtended(), 'wrong-state'],
    ['and keeps the end of the access', asked, the.expire(END), 'revoke-started'],
    ['and keeps nobody from ending it', asked, the.end(ana, later(61)), 'revoke-started'],
  ])('%s', (_what, state, command, expected) => expect(outcome(state, command)).toBe(expected));

  test('each person approves once, also across its stages (I9)', () => {
    const both = the.demand([1, bo], [1, bo, cy]);
    const opened = [...the.untilActive, the.extend(later(60), { demanded: both }), the.approveExtension(bo)];
    expect(outcome(the.run(opened).state, the.approveExtension(bo))).toBe('already-approved');
    expect(outcome(the.run(opened).state, the.approveExtension(cy))).toBe(
      'extension-approved extension-started',
    );
  });
});

describe('an approved extension', () => {
  test.each<[string, RequestState, Command, string]>([
    ['waits for the receipt of each lease', extending, the.confirmExtended(), 'wrong-state'],
    ['which is recorded', extending, the.confirmLeaseExtended(), 'lease-extended'],
    ['once', leaseExtended, the.confirmLeaseExtended(), 'nothing new'],
    ['for its own leases', extending, the.confirmLeaseExtended(the.second), 'unknown-lease'],
    ['and not at the old end or later', extending, the.confirmLeaseExtended(the.lease, END), 'wrong-state'],
    ['counts then', leaseExtended, the.confirmExtended(), 'extended'],
    ['and not while a lease is missing', twoLeases, the.confirmExtended(), 'wrong-state'],
    ['and not at the old end or later', leaseExtended, the.confirmExtended(END), 'wrong-state'],
    ['cannot be denied any more', extending, the.denyExtension(cy), 'wrong-state'],
    ['or approved again', extending, the.approveExtension(cy), 'wrong-state'],
    ['or withdrawn', extending, the.withdrawExtension(ana), 'wrong-state'],
    ['or lapse', extending, the.lapseExtension(later(130)), 'wrong-state'],
    ['can fail', extending, the.failExtension(), 'extension-closed'],
    ['until it counts', extended, the.failExtension(), 'wrong-state'],
    ['is overtaken by the old end', leaseExtended, the.expire(END), 'revoke-started'],
    ['and by an end before it', leaseExtended, the.end(bo, later(63)), 'revoke-started'],
    ['and has no old end any more once it counts', extended, the.expire(END), 'not-yet'],
  ])('%s', (_what, state, command, expected) => expect(outcome(state, command)).toBe(expected));

  test('moves no end that somebody adopted after it was approved to an earlier time (I25)', () => {
    const extended = [the.confirmLeaseExtended(), the.confirmExtended()];
    const asked = [...the.untilActive, the.extend(), the.approveExtension(bo)];
    expect(the.run([...asked, the.adoptEnd(later(62)), ...extended]).state).toMatchObject({
      endsAt: later(600),
    });
    expect(the.run([...asked, ...extended]).state).toMatchObject({ endsAt: later(181) });
  });

  test('who comes too late learns who approved it', () => {
    const told = { code: 'wrong-state', state: 'active', by: bo, since: later(61) };
    expect(decide(extending, the.denyExtension(cy))).toEqual({ ok: false, error: told });
  });

  test('a failure keeps its fault, and the reason when there is one', () => {
    const failed = { ...the.failExtension() } as Record<string, unknown>;
    delete failed['why'];
    const closed = (ending: object) => ({
      ok: true,
      value: [{ kind: 'extension-closed', ending, at: later(63) }],
    });
    expect(decide(extending, the.failExtension())).toStrictEqual(
      closed({ kind: 'failed', fault: 'provider-refused', why: 'fake: somebody revoked it' }),
    );
    expect(decide(extending, failed as unknown as Command)).toStrictEqual(
      closed({ kind: 'failed', fault: 'provider-refused' }),
    );
  });
});

test('an answer names the digest of the extension while it waits for approval, and that of the request otherwise (I11)', () => {
  const states = [active, asked, extending, extended, the.revoking] as const;
  expect(states.map((state) => state.kind !== 'blank' && digestToAnswer(state))).toEqual([
    ...['d1', 'x1', 'd1', 'd1', 'd1'],
  ]);
});

test('each person is offered what would be accepted, while an extension waits, is carried out, and counts', () => {
  const offered = [ana, bo, dee].map((by) =>
    [asked, extending, extended].map((state) => offers(state, by, later(65)).join(' ')),
  );
  expect(offered).toEqual([
    ['withdraw end', 'end', 'extend end'],
    ['approve deny end', 'end', 'end'],
    ['', '', ''],
  ]);
});

test('the whole length of the access begins with its first grant', () => {
  const lengths = [active, extended].map((state) => state.kind === 'active' && lengthGiven(state));
  expect(lengths).toEqual([120 as Minutes, 180 as Minutes]);
});
