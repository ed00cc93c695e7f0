import { describe, expect, test } from '@jest/globals';
import type { FaultCode } from '../../../core/faults.ts';
import type { Instant } from '../../../core/ids.ts';
import { isNewsForWorkflow, type Progress, progressOf } from '../../../core/request/progress.ts';
import { BLANK, type RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const {
  bo,
  later,
  lease,
  second,
  pending,
  granting,
  active,
  asked,
  extending,
  leaseExtended,
  extended,
  revoking,
  closed,
} = the;
const leases = [{ lease, provider: 'fake' }];
const ended = the.run([the.open(), the.approve(bo), the.confirmGranted(), the.end(the.ana)]).state;

describe('where a request stands', () => {
  test.each<[string, RequestState, Instant, Progress]>([
    ['that does not exist', BLANK, later(1), { kind: 'blank' }],
    ['that waits', pending, later(1), { kind: 'pending', at: later(1), lapsesAt: later(480) }],
    [
      'that is granted',
      granting,
      later(2),
      { kind: 'granting', at: later(2), failsAt: later(11), endsAt: later(121), leases },
    ],
    ['that is active', active, later(120), { kind: 'active', at: later(120), endsAt: later(121), leases }],
    [
      'whose extension waits for approval',
      asked,
      later(61),
      {
        ...{ kind: 'active', at: later(61), endsAt: later(121), leases },
        extension: { kind: 'pending', dueAt: later(120) },
      },
    ],
    [
      'whose extension is carried out',
      extending,
      later(62),
      {
        ...{ kind: 'active', at: later(62), endsAt: later(121), leases },
        extension: { kind: 'started', dueAt: later(71), endsAt: later(181) },
      },
    ],
    ['that is extended', extended, later(64), { kind: 'active', at: later(64), endsAt: later(181), leases }],
    [
      'that is revoked',
      revoking,
      later(121),
      { kind: 'revoking', at: later(121), endsAt: later(121), leases },
    ],
    [
      'that ended before its time',
      ended,
      later(10),
      { kind: 'revoking', at: later(10), endsAt: later(121), leases },
    ],
    ['that is closed', closed, later(123), { kind: 'closed', ending: 'expired' }],
  ])('%s', (_what, state, at, progress) => {
    expect(progressOf(state, at)).toEqual(progress);
  });

  test.each([
    ['awaiting-person', { awaitsPerson: true, failsAt: later(121) }],
    ['provider-throttled', { waits: true, failsAt: later(121) }],
    ['log-behind', { waits: true, failsAt: later(121) }],
    ['provider-unavailable', { failsAt: later(11) }],
  ] as const)('a grant whose last attempt failed with %s', (fault, expected) =>
    expect(progressOf(granting, later(2), fault)).toEqual({
      ...{ kind: 'granting', at: later(2), endsAt: later(121), leases },
      ...expected,
    }),
  );

  test('each lease is named with the provider of its own target', () => {
    const details = { ...the.detailsOf(2), targets: ['github', 'postgres'] };
    const { state } = the.run([{ ...the.open(), details } as never, the.approve(bo)]);
    expect(progressOf(state, later(1))).toMatchObject({
      leases: [
        { lease, provider: 'github' },
        { lease: second, provider: 'postgres' },
      ],
    });
  });
});

test.each<[string, RequestState, RequestState, boolean]>([
  ['an extension was requested', active, asked, true],
  ['the extension is approved', asked, extending, true],
  ['one of two approvals was given', asked, { ...asked } as RequestState, false],
  ['a lease has the later end', extending, leaseExtended, false],
  ['it is extended', leaseExtended, extended, true],
  ['it ends', active, revoking, true],
  ['it was opened', BLANK, pending, false],
])('whether the workflow must learn that %s', (_what, before, after, expected) => {
  expect(isNewsForWorkflow(before, after)).toBe(expected);
});

test.each<[FaultCode | 'unknown', object]>([
  ['awaiting-person', { failsAt: later(121), awaitsPerson: true }],
  ['provider-throttled', { failsAt: later(121), waits: true }],
  ['log-behind', { failsAt: later(121), waits: true }],
  ['provider-unavailable', { failsAt: later(11) }],
  ['unknown', { failsAt: later(11) }],
])('a grant whose last fault is %s says whether it waits (F31)', (fault, more) => {
  const stands = { kind: 'granting', at: later(2), endsAt: later(121), leases, ...more };
  expect(progressOf(granting, later(2), fault)).toEqual(stands);
});
