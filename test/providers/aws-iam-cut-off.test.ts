import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { cutOff, CUT_OFF_DOCUMENT } from '../../providers/aws-iam/cut-off.ts';
import type { CutOff } from '../../providers/provider.ts';
import { lease } from '../core/request/request.fixture.ts';
import { ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { decide, type Document } from './iam-evaluator.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

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
const undoKey = (key: string) => `If the access key ${key} of ana is inactive, activate or replace it.`;
const UNDO_POLICY =
  'If ana has the inline policy curfew-cut-off, delete it when it is safe: until then AWS refuses every call of this user.';
const forbidden = () => Promise.reject(new Fault('provider-forbidden', 'aws-iam: AccessDenied'));
const unanswered = () => Promise.reject(new Fault('provider-unavailable', 'aws-iam: no answer'));

describe('where everything of a person ends', () => {
  test('every call of the user is refused and the keys are deactivated, each once, and both are named before (I2)', async () => {
    const user = ana({ keys: ['AKIA1', 'AKIA2'] });
    const { api, calls } = memoryIam([user]);
    const named: unknown[] = [];
    const beforeChange = (toUndo: readonly string[]) =>
      Promise.resolve(void named.push(toUndo, user.keys, user.policies));
    expect(await cutOff(api, cut(true, undefined, beforeChange), neverAborts)).toEqual({
      seen: 'the policy curfew-cut-off refuses every call of ana within a few minutes; sessions of roles that ana assumed go on: revoke them at each role; no access key of ana is active',
      again: [lease, lease],
    });
    expect(named).toEqual([[UNDO_POLICY, undoKey('AKIA1'), undoKey('AKIA2')], ['AKIA1', 'AKIA2'], {}]);
    expect(user.keys).toEqual([]);
    expect(user.policies).toEqual({ 'curfew-cut-off': CUT_OFF_DOCUMENT });
    expect(calls.filter((call) => call.startsWith('putPolicy'))).toHaveLength(1);
  });

  test('the next time, a policy that the user deleted and a key that the user made meanwhile are cut off too', async () => {
    const user = ana({ keys: ['AKIA1'] });
    const { api } = memoryIam([user]);
    await cutOff(api, cut(true), neverAborts);
    Object.assign(user, { policies: {}, keys: ['AKIA9'] });
    const named: unknown[] = [];
    const beforeChange = (toUndo: readonly string[]) => Promise.resolve(void named.push(...toUndo));
    expect(await cutOff(api, cut(true, undefined, beforeChange), neverAborts)).toMatchObject({
      again: [lease, lease],
    });
    expect([user.keys, Object.keys(user.policies), named]).toEqual([
      [],
      ['curfew-cut-off'],
      [UNDO_POLICY, undoKey('AKIA9')],
    ]);
  });

  test('a key whose answer is lost keeps no other key from it, and is named (F01)', async () => {
    const user = ana({ keys: ['AKIA1', 'AKIA2'] });
    const asked: string[] = [];
    const deactivateKey = (_: string, key: string) => (asked.push(key), unanswered());
    const { api } = memoryIam([user], { deactivateKey });
    expect(await cutOff(api, cut(true), neverAborts)).toMatchObject({
      seen: expect.stringMatching(
        /refuses every call .* these access keys of ana may be active: AKIA1 \(provider-unavailable: .*\), AKIA2 /,
      ),
    });
    expect(asked).toEqual(['AKIA1', 'AKIA2']);
  });

  test.each([
    [
      'to deactivate keys',
      { deactivateKey: forbidden },
      /refuses every call of ana .*may be active: AKIA1 \(Curfew's credential needs iam:UpdateAccessKey\)$/,
      [['curfew-cut-off'], ['AKIA1']],
    ],
    [
      'to list keys',
      { activeKeys: forbidden },
      /refuses every call of ana .*not known which access keys of ana are active: Curfew's credential needs iam:ListAccessKeys$/,
      [['curfew-cut-off'], ['AKIA1']],
    ],
    [
      'to write the policy',
      { putPolicy: forbidden },
      /^sessions, the console password and service credentials of ana still work: Curfew's credential needs iam:PutUserPolicy; .*no access key of ana is active$/,
      [[], []],
    ],
  ])(
    'a missing permission %s is named, and the rest is cut off',
    async (_what, overrides, seen, [policies, keys]) => {
      const user = ana({ keys: ['AKIA1'] });
      const result = await cutOff(memoryIam([user], overrides).api, cut(true), neverAborts);
      expect(result?.seen).toMatch(seen);
      expect([Object.keys(user.policies), user.keys]).toEqual([policies, keys]);
    },
  );

  test('nothing is changed that could not be named before (I2)', async () => {
    const user = ana({ keys: ['AKIA1'] });
    const beforeChange = () => Promise.reject(new Error('no ledger'));
    expect(await cutOff(memoryIam([user]).api, cut(true, undefined, beforeChange), neverAborts)).toEqual({
      seen: 'nothing of ana is cut off: no ledger',
      again: [lease, lease],
    });
    expect([user.keys, user.policies]).toEqual([['AKIA1'], {}]);
  });

  test('a renamed user is cut off by the current name, and not another user who has the old name (F24)', async () => {
    const renamed = ana({ name: 'ana.f', keys: ['AKIA1'] });
    const other = ana({ id: 'AIDA9', keys: ['AKIA9'] });
    await cutOff(memoryIam([renamed, other]).api, cut(true), neverAborts);
    expect([renamed.keys, Object.keys(renamed.policies)]).toEqual([[], ['curfew-cut-off']]);
    expect([other.keys, other.policies]).toEqual([['AKIA9'], {}]);
  });

  test('of several users, one that is gone and one for whom something fails keep no other one from it', async () => {
    const bo = ana({ id: 'AIDA3', name: 'bo', keys: ['AKIA3'] });
    const users = [ana({ keys: ['AKIA1'] }), bo];
    const leases = [of(), of('AIDA9'), { ...of('AIDA3'), subject: { id: 'AIDA3', name: 'bo' } }];
    const beforeChange = ([first = '']: readonly string[]) =>
      first.includes('ana') ? Promise.reject(new Error('no ledger')) : Promise.resolve();
    const result = await cutOff(
      memoryIam(users).api,
      { leases, wholeAccount: true, beforeChange },
      neverAborts,
    );
    expect(result?.seen).toMatch(
      /^nothing of ana is cut off: no ledger; the policy curfew-cut-off refuses every call of bo /,
    );
    expect(result?.again).toHaveLength(3);
    expect([users[0]?.keys, bo.keys]).toEqual([['AKIA1'], []]);
  });

  test('another user of the same name is not touched (F24)', async () => {
    const user = ana({ keys: ['AKIA1'] });
    const { api } = memoryIam([user]);
    expect(await cutOff(api, cut(true, 'AIDA9'), neverAborts)).toBeUndefined();
    expect([user.keys, user.policies]).toEqual([['AKIA1'], {}]);
  });
});

test('of an entitlement nothing is cut off: what its people have from elsewhere stays', async () => {
  const { api, calls } = memoryIam([ana({ keys: ['AKIA1'] })]);
  expect(await cutOff(api, cut(false), neverAborts)).toBeUndefined();
  expect(calls).toEqual([]);
});

test.each([
  ['a call with an access key', {}],
  ['a call of a session from before', { 'aws:tokenissuetime': '2027-01-02T11:00:00Z' }],
  [
    'a call of a session that began later, such as a new sign-in',
    { 'aws:tokenissuetime': '2027-01-02T13:00:00Z' },
  ],
])('the policy refuses %s, whatever other policies allow', (_what, context) => {
  const all = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/a', at: 0, context };
  const document = JSON.parse(CUT_OFF_DOCUMENT) as Document;
  expect(decide([all, document], call)).toBe('explicitDeny');
  expect(CUT_OFF_DOCUMENT.length).toBeLessThan(150); // It needs room beside the grants.
});
