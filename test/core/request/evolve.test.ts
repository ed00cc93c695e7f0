import { describe, expect, test } from '@jest/globals';
import { evolve, stateAfter } from '../../../core/request/evolve.ts';
import type { Ending, Event } from '../../../core/request/events.ts';
import { BLANK, type RequestState } from '../../../core/request/state.ts';
import { type LeaseId, leaseIdOf } from '../../../core/ids.ts';
import { bo, cy, demand, detailsOf, later, lease, noon, request, second } from './request.fixture.ts';

const at = noon;
const details = detailsOf(2);
const requirements = demand([1, bo]);
const endsAt = later(120);
const leases = [lease, second];
const ending: Ending = { kind: 'denied', by: bo };
const expired: Ending = { kind: 'expired' };
const approvals = [{ by: bo, stage: 0, at }];

const facts = { details, requirements, approvals } as const;
const pending = { kind: 'pending', details, requirements, approvals: [], mayWaitMs: 0 } as const;
const grant = { endsAt, leases, begun: [], granted: [] } as const;
const granting = { ...facts, ...grant, kind: 'granting' } as const;
const active = { ...facts, ...grant, kind: 'active', delivered: [] } as const;
const revoking = { ...facts, ...grant, kind: 'revoking', ending, revoked: [] } as const;
const closed = {
  kind: 'closed',
  details,
  approvals,
  ending,
  at,
  endsAt,
  access: { kind: 'never-granted' },
} as const;
const STATES: readonly RequestState[] = [BLANK, pending, granting, active, revoking, closed];

const requested: Event = { kind: 'requested', at, details };
const judged: Event = { kind: 'judged', at, requirements };
const approved: Event = { kind: 'approved', at, by: cy, stage: 1, digest: 'd1' };
const grantStarted: Event = { kind: 'grant-started', at, endsAt, leases };
const intended: Event = { kind: 'intended', at, lease, prior: 'none', level: 'member', subject: '7' };
const granted: Event = { kind: 'granted', at, lease, seen: 'member' };
const activated: Event = { kind: 'activated', at };
const delivered: Event = { kind: 'delivered', at, by: bo, lease };
const revokeStarted: Event = { kind: 'revoke-started', at, ending };
const revoked: Event = { kind: 'revoked', at, lease, seen: 'none' };
const over: Event = { kind: 'closed', at: later(9), ending: expired };
const refused: Event = { kind: 'refused', at, by: bo, tried: 'end', refusal: { code: 'own-request' } };

describe('an event changes the states that it fits, and leaves the others as they are', () => {
  const unjudged = { ...pending, requirements: { stages: [], policy: '', lapsesAt: 0 } };
  const approvedTwice = [...approvals, { by: cy, stage: 1, at }];
  const closedNow = { ...closed, ending: expired, at: later(9) };
  test.each<[Event, { [Kind in RequestState['kind']]?: unknown }]>([
    [requested, { blank: unjudged }],
    [judged, { pending: { ...pending, mayWaitMs: requirements.lapsesAt - at } }],
    [approved, { pending: { ...pending, approvals: [{ by: cy, stage: 1, at }] } }],
    [grantStarted, { pending: { ...granting, approvals: [] } }],
    [intended, { granting: { ...granting, begun: [lease] } }],
    [granted, { granting: { ...granting, granted: [lease] } }],
    [activated, { granting: active }],
    [delivered, { active: { ...active, delivered: [lease] } }],
    [revokeStarted, { granting: revoking, active: revoking }],
    [revoked, { revoking: { ...revoking, revoked: [lease] } }],
    [
      over,
      {
        pending: { ...closedNow, approvals: [], endsAt: undefined },
        granting: { ...closedNow, approvals, endsAt },
        active: { ...closedNow, approvals, endsAt },
        revoking: { ...closedNow, approvals, endsAt },
      },
    ],
    [refused, {}],
  ])('$kind', (event, changed) => {
    for (const state of STATES) expect(evolve(state, event)).toEqual(changed[state.kind] ?? state);
  });

  test('an access that becomes active, and then is revoked, keeps what was granted of it', () => {
    const half = { ...granting, begun: [lease, second], granted: [second] };
    const kept = { begun: half.begun, granted: half.granted };
    expect(evolve(half, activated)).toMatchObject(kept);
    expect(evolve(evolve(half, activated), revokeStarted)).toMatchObject(kept);
  });

  test('a second approval, grant and receipt are added to the first', () => {
    expect(evolve({ ...pending, approvals }, approved)).toEqual({ ...pending, approvals: approvedTwice });
    expect(evolve({ ...granting, granted: [second] }, granted)).toMatchObject({ granted: [second, lease] });
    expect(evolve({ ...active, delivered: [second] }, delivered)).toMatchObject({
      delivered: [second, lease],
    });
    expect(evolve({ ...revoking, revoked: [second] }, revoked)).toMatchObject({ revoked: [second, lease] });
  });

  test.each<[string, LeaseId, string]>([
    ['the lease that was lowered', lease, 'write'],
    ['another lease', second, 'none'],
  ])('a lowering by hand, and then a raise of %s', (_which, raised, found) => {
    const drift = { kind: 'drifted', at, expected: 'write' } as const;
    const lowered = evolve(active, { ...drift, lease, change: 'lowered', found: 'none' });
    expect(evolve(lowered, { ...drift, lease: raised, change: 'raised', found: 'write' })).toMatchObject({
      lowered: [{ lease, found }],
    });
  });
});

test('a lowering of a lease that the request does not have changes nothing', () => {
  const drift = { kind: 'drifted', at, expected: 'write', change: 'lowered', found: 'none' } as const;
  expect(evolve(active, { ...drift, lease: leaseIdOf(request, 7) })).toBe(active);
});

test('a request that is closed while a receipt is missing does not say that its access is gone', () => {
  const begun = { ...revoking, begun: [lease, second], granted: [lease] };
  const ends: Event = { kind: 'closed', ending: revoking.ending, at };
  expect(evolve({ ...begun, revoked: [lease] }, ends)).toMatchObject({
    access: { kind: 'unreceipted', targets: 1 },
  });
  expect(evolve({ ...begun, revoked: [lease, second] }, ends)).toMatchObject({
    access: { kind: 'granted', targets: 1, of: 2 },
  });
});

test('a request without events does not exist yet', () => expect(stateAfter([])).toBe(BLANK));
