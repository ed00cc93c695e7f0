import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { cutOff, cutOffDocument } from '../../providers/aws-iam/cut-off.ts';
import { lease } from '../core/request/request.fixture.ts';
import { ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const NOW = new Date('2027-01-02T12:00:00Z');
const of = (id = 'AIDA1') => ({
  ...{ lease, subject: { id, name: 'ana' }, level: 'none', endsAt: 0 as Instant },
  target: { kind: 'group', group: 'deployers' } as const,
});
const cut = (wholeAccount: boolean, id?: string) => ({ leases: [of(id), of(id)], wholeAccount });

describe('where everything of a person ends', () => {
  test('the sessions from before are refused and the keys are deactivated, each once, and what to undo is named', async () => {
    const user = ana({ keys: ['AKIA1', 'AKIA2'] });
    const { api, calls } = memoryIam([user]);
    expect(await cutOff(api, cut(true), neverAborts, NOW)).toEqual({
      seen: 'sessions of ana from before 2027-01-02T12:00:00.000Z are refused by the policy curfew-cut-off; 2 access keys are deactivated',
      toUndo: [
        'Activate the access key AKIA1 of ana, or replace it.',
        'Activate the access key AKIA2 of ana, or replace it.',
      ],
    });
    expect(user.keys).toEqual([]);
    expect(user.policies).toEqual({ 'curfew-cut-off': cutOffDocument(NOW) });
    expect(calls.filter((call) => call.startsWith('putPolicy'))).toHaveLength(1);
  });

  test('a key that may not be deactivated keeps no session from being refused, and is named', async () => {
    const user = ana({ keys: ['AKIA1'] });
    const deactivateKey = () => Promise.reject(new Fault('provider-forbidden', 'aws-iam: UpdateAccessKey'));
    const { api } = memoryIam([user], { deactivateKey });
    expect(await cutOff(api, cut(true), neverAborts, NOW)).toEqual({
      seen: expect.stringMatching(
        /are refused by .*; 0 access keys are deactivated, and the others are not: provider-forbidden/,
      ),
      toUndo: [],
    });
  });

  test('another user of the same name is not touched (F24)', async () => {
    const user = ana({ keys: ['AKIA1'] });
    const { api } = memoryIam([user]);
    expect(await cutOff(api, cut(true, 'AIDA9'), neverAborts, NOW)).toBeUndefined();
    expect([user.keys, user.policies]).toEqual([['AKIA1'], {}]);
  });
});

test('of an entitlement nothing is cut off: what its people have from elsewhere stays', async () => {
  const { api, calls } = memoryIam([ana({ keys: ['AKIA1'] })]);
  expect(await cutOff(api, cut(false), neverAborts, NOW)).toBeUndefined();
  expect(calls).toEqual([]);
});

test('the policy is a deny for the person alone, which names no resource of Curfew and fits beside a grant', () => {
  const document = JSON.parse(cutOffDocument(NOW)) as object;
  expect(document).toMatchObject({
    Statement: [{ Effect: 'Deny', Condition: { DateLessThan: { 'aws:TokenIssueTime': NOW.toISOString() } } }],
  });
  expect(cutOffDocument(NOW).length).toBeLessThan(250);
});
