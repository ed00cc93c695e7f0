import { describe, expect, test } from '@jest/globals';
import type { FaultCode } from '../../../core/faults.ts';
import { leaseIdOf } from '../../../core/ids.ts';
import { type WaitSince, grantWait } from '../../../core/request/grant-wait.ts';
import * as the from './request.fixture.ts';

/** Three people approved, each a minute after the other. */
const approvals = [the.bo, the.cy, the.dee].map((by, stage) => ({ by, stage, at: the.later(stage) }));
/** When the last of them did. */
const since = the.later(2);
/** The leases of three targets, with the fault of each. */
const leases = (...faults: readonly (FaultCode | 'unknown' | undefined)[]) =>
  faults.map((fault, target) => ({
    ...{
      id: leaseIdOf(the.request, target),
      target: { provider: ['fake', 'github', 'aws-iam'][target] ?? '' },
    },
    ...(fault === undefined ? {} : { fault }),
  }));

describe('since the last of three approvals, the grant of three targets waits for', () => {
  test.each<[string, readonly (FaultCode | 'unknown' | undefined)[], WaitSince | undefined]>([
    ['nothing that is known', [undefined, undefined, undefined], undefined],
    ['nothing that has a name', [undefined, 'unknown', undefined], undefined],
    ['the log', [undefined, 'log-behind', undefined], { kind: 'log', since }],
    [
      'the rate of the second vendor',
      [undefined, 'provider-throttled', undefined],
      { kind: 'rate', provider: 'github', since },
    ],
    [
      'the third vendor',
      [undefined, undefined, 'provider-unavailable'],
      { kind: 'vendor', provider: 'aws-iam', since },
    ],
    [
      'the person, when nothing else is waited for',
      [undefined, 'awaiting-person', undefined],
      { kind: 'person', provider: 'github', since },
    ],
    [
      'a first attempt at the third vendor',
      [undefined, undefined, 'not-tried'],
      { kind: 'first-attempt', provider: 'aws-iam', since },
    ],
    ['the log before the person', ['awaiting-person', 'log-behind', undefined], { kind: 'log', since }],
    [
      'what another fault says',
      ['quarantine', undefined, undefined],
      { kind: 'other', fault: 'quarantine', since },
    ],
  ])('%s', (_what, faults, wait) =>
    expect(grantWait({ granted: [], approvals }, leases(...faults))).toEqual(wait),
  );

  test.each<[string, number, WaitSince | undefined]>([
    ['no target that is granted', 1, undefined],
    ['the second target, when the first one is granted', 0, { kind: 'log', since }],
  ])('%s', (_what, granted, wait) =>
    expect(
      grantWait({ granted: [leaseIdOf(the.request, granted)], approvals }, leases(undefined, 'log-behind')),
    ).toEqual(wait),
  );
});
