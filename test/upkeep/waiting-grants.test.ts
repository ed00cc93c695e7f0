import { expect, test } from '@jest/globals';
import type { WaitingGrants } from '../../ledger/index.ts';
import { reportWaitingGrants } from '../../upkeep/waiting-grants.ts';

test.each<[WaitingGrants, string]>([
  [
    { fault: 'log-behind', provider: 'aws-iam', leases: 3 },
    '3 approved grants wait for the audit log: no published checkpoint has the approval yet',
  ],
  [
    { fault: 'provider-throttled', provider: 'github', leases: 1 },
    '1 approved grant waits for the rate that github allows',
  ],
  [
    { fault: 'provider-unavailable', provider: 'github', leases: 2 },
    '2 approved grants wait for github, which does not answer',
  ],
  [
    { fault: 'awaiting-person', provider: 'github', leases: 1 },
    '1 approved grant waits for a person to do something at github',
  ],
  [
    { fault: 'not-tried', provider: 'github', leases: 2 },
    '2 approved grants wait for a first attempt at github: the part of Curfew that grants there, or Temporal, may not run',
  ],
  [{ fault: 'quarantine', provider: 'fake', leases: 2 }, '2 approved grants wait at fake: quarantine'],
])('the log of the worker says of %j: %s (F31)', async (waiting, line) => {
  const lines: [object, string][] = [];
  const ledger = { waitingGrants: () => Promise.resolve([waiting]) };
  await reportWaitingGrants({ ledger, warn: (facts, what) => void lines.push([facts, what]) });
  expect(lines).toEqual([[waiting, line]]);
});
