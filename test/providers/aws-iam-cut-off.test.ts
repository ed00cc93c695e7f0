import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { cutOff, cutOffDocument } from '../../providers/aws-iam/cut-off.ts';
import type { CutOff } from '../../providers/provider.ts';
import { lease } from '../core/request/request.fixture.ts';
import { ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const NOW = new Date('2027-01-02T12:00:00Z');
const of = (id = 'AIDA1') => ({
  ...{ lease, subject: { id, name: 'ana' }, level: 'none', endsAt: 0 as Instant },
  target: { kind: 'group', group: 'deployers' } as const,
});
const cut = (
  wholeAccount: boolean,
  id?: string,
  beforeChange: CutOff<unknown>['beforeChange'] = () => Promise.resolve(),
) => ({
  ...{ leases: [of(id), of(id)], wholeAccount, beforeChange },
});
const undo = (key: string) => `If the access key ${key} of ana is inactive, activate or replace it.`;

describe('where everything of a person ends', () => {
  test('the sessions from before are refused and the keys are deactivated, each once, and the keys are named before (I2)', async () => {
    const user = ana({ keys: ['AKIA1', 'AKIA2'] });
    const { api, calls } = memoryIam([user]);
    const named: unknown[] = [];
    const beforeChange = (toUndo: readonly string[]) => Promise.resolve(void named.push(toUndo, user.keys));
    expect(await cutOff(api, cut(true, undefined, beforeChange), neverAborts, NOW)).toEqual({
      seen: 'sessions of ana from before 2027-01-02T12:00:00.000Z are refused by the policy curfew-cut-off; 2 access keys are deactivated',
      failed: [],
    });
    expect(named).toEqual([
      [undo('AKIA1'), undo('AKIA2')],
      ['AKIA1', 'AKIA2'],
    ]);
    expect(user.keys).toEqual([]);
    expect(user.policies).toEqual({ 'curfew-cut-off': cutOffDocument(NOW) });
    expect(calls.filter((call) => call.startsWith('putPolicy'))).toHaveLength(1);
  });

  test('a key whose answer is lost keeps no session and no other key from it, and is tried again (F01)', async () => {
    const user = ana({ keys: ['AKIA1', 'AKIA2'] });
    const asked: string[] = [];
    const deactivateKey = (_: string, key: string) => {
      asked.push(key);
      return Promise.reject(new Fault('provider-unavailable', 'aws-iam: no answer'));
    };
    const { api } = memoryIam([user], { deactivateKey });
    expect(await cutOff(api, cut(true), neverAborts, NOW)).toEqual({
      seen: expect.stringMatching(
        /are refused by .*; 0 access keys are deactivated, and of the others it is not known: AKIA1: provider-unavailable/,
      ),
      failed: [lease, lease],
    });
    expect(asked).toEqual(['AKIA1', 'AKIA2']);
  });

  test('no key is deactivated that could not be named before (I2)', async () => {
    const user = ana({ keys: ['AKIA1'] });
    const beforeChange = () => Promise.reject(new Error('no ledger'));
    expect(
      await cutOff(memoryIam([user]).api, cut(true, undefined, beforeChange), neverAborts, NOW),
    ).toMatchObject({ seen: expect.stringContaining('no access key is deactivated: no ledger') });
    expect([user.keys, Object.keys(user.policies)]).toEqual([['AKIA1'], ['curfew-cut-off']]);
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
