import { describe, expect, test } from '@jest/globals';
import type { IAMClient } from '@aws-sdk/client-iam';
import { iamApi } from '../../providers/aws-iam/api.ts';
import { discover } from '../../providers/aws-iam/discover.ts';
import { givesAll } from '../../providers/aws-iam/gives-all.ts';
import { documentFor, policyName, type Statement } from '../../providers/aws-iam/policy.ts';
import type { GroupTarget, PolicyTarget } from '../../providers/aws-iam/target.ts';
import type { Instant } from '../../core/ids.ts';
import { lease } from '../core/request/request.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

type Answer = object | Error;
/** An IAM client that answers each call in turn. Its commands and inputs are in `sent`. */
function scripted(...answers: readonly Answer[]) {
  const sent: unknown[] = [];
  const left = [...answers];
  const send = (command: { constructor: { name: string }; input: object }) => {
    sent.push({ [command.constructor.name.replace('Command', '')]: command.input });
    const answer = left.shift() ?? new Error('there is no answer left');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { api: iamApi({ send } as unknown as IAMClient), sent };
}

const ARN = 'arn:aws:iam::123456789012';
const Group = { GroupId: 'AGPA0000000000000001', GroupName: 'deployers', Arn: `${ARN}:group/deployers` };
const user = (name: string) => ({ UserId: `AIDA${name}`, UserName: name, Arn: `${ARN}:user/${name}` });
const target: GroupTarget = { kind: 'group', group: 'deployers' };
const signal = neverAborts;
const failed = (name: string) => Object.assign(new Error(name), { name });

describe('the members of a group', () => {
  test('come in IAM’s pages, with the unique ids of the users and of the group', async () => {
    const { api, sent } = scripted(
      { Group, Users: [user('ana')], IsTruncated: true, Marker: 'm1' },
      { Group, Users: [user('bo')] },
    );
    const first = await discover(api, target, { signal });
    expect(first).toEqual({
      target: { ...target, account: '123456789012', id: Group.GroupId },
      accesses: [{ subject: { id: 'AIDAana', name: 'ana' }, level: 'member', sources: [] }],
      next: 'm1',
      calls: 1,
    });
    const second = await discover(api, target, { page: first.next, signal });
    expect(second.accesses.map(({ subject }) => subject.name)).toEqual(['bo']);
    expect(second.next).toBeUndefined();
    expect(sent).toEqual([
      { GetGroup: { GroupName: 'deployers', Marker: undefined } },
      { GetGroup: { GroupName: 'deployers', Marker: 'm1' } },
    ]);
  });

  test.each<[title: string, answers: readonly Answer[], page: string | undefined, fault: string]>([
    ['an error on the second page is an error', [failed('ThrottlingException')], 'm1', 'provider-throttled'],
    [
      'a page that says that there is more, and not where, is no whole list',
      [{ Group, Users: [], IsTruncated: true }],
      undefined,
      'provider-unavailable',
    ],
    ['an answer without the list is no empty list', [{ Group }], undefined, 'provider-unavailable'],
    [
      'a group that does not exist is no empty group',
      [failed('NoSuchEntityException')],
      undefined,
      'target-missing',
    ],
  ])('%s', async (_title, answers, page, fault) => {
    await expect(discover(scripted(...answers).api, target, { page, signal })).rejects.toMatchObject({
      code: fault,
    });
  });

  test('another group that took the name is not read, and the renamed one is found by its id (F24)', async () => {
    const other = { ...Group, GroupId: 'AGPA0000000000000002' };
    const renamed = { ...Group, GroupName: 'shippers' };
    const { api, sent } = scripted(
      { Group: other, Users: [user('eve')] },
      { GroupDetailList: [renamed] },
      { RoleDetailList: [{ Arn: `${ARN}:role/x` }] },
      { Group: renamed, Users: [user('ana')] },
    );
    const found = await discover(api, { ...target, id: Group.GroupId }, { page: 'm1', signal });
    expect(found.accesses.map(({ subject }) => subject.name)).toEqual(['ana']);
    expect(sent.at(-1)).toEqual({ GetGroup: { GroupName: 'shippers', Marker: 'm1' } });
  });

  test('the credential of another account sees other groups (F33)', async () => {
    const { api } = scripted({ Group, Users: [] });
    await expect(discover(api, { ...target, account: '999999999999' }, { signal })).rejects.toMatchObject({
      code: 'provider-forbidden',
    });
  });
});

describe('the policies of users', () => {
  const statements: readonly Statement[] = [
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::orders/*'] },
  ];
  const policies: PolicyTarget = { kind: 'policy', statements };
  const end = Date.UTC(2027, 0, 2) as Instant;
  const document = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement });
  const withPolicy = (PolicyName: string, PolicyDocument: string) => ({
    UserDetailList: [{ ...user('ana'), UserPolicyList: [{ PolicyName, PolicyDocument }] }],
  });

  test('one of a lease is named by its lease, whatever its end', async () => {
    const { api } = scripted(
      withPolicy(policyName(lease, end), JSON.stringify(documentFor(statements, end))),
    );
    expect((await discover(api, policies, { signal })).accesses).toEqual([
      { subject: { id: 'AIDAana', name: 'ana' }, level: 'present', sources: [], lease },
    ]);
  });

  test('one of a lease of another target is not in the list of this one', async () => {
    const others = [
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::billing/*'] },
    ] as const;
    const { api } = scripted(withPolicy(policyName(lease, end), JSON.stringify(documentFor(others, end))));
    expect((await discover(api, policies, { signal })).accesses).toEqual([]);
  });

  test('one that somebody wrote and that gives the same is found, and cannot be removed by Curfew', async () => {
    const { api } = scripted(
      withPolicy('by-hand', document({ Effect: 'Allow', Action: 's3:*', Resource: '*' })),
    );
    expect((await discover(api, policies, { signal })).accesses).toMatchObject([
      { level: 'present', whyNoRevoke: expect.stringContaining('by-hand') },
    ]);
  });

  test.each<[title: string, statement: object, gives: boolean]>([
    ['everything', { Effect: 'Allow', Action: '*', Resource: '*' }, true],
    ['the same', statements[0] ?? {}, true],
    [
      'a part of the resources',
      { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::orders/a' },
      false,
    ],
    ['another action', { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }, false],
    ['a deny', { Effect: 'Deny', Action: '*', Resource: '*' }, false],
    [
      'the same under a condition',
      { ...statements[0], Condition: { Bool: { 'aws:SecureTransport': ['true'] } } },
      false,
    ],
  ])('a policy with %s', (_title, statement, gives) => {
    expect(givesAll(document(statement), statements)).toBe(gives);
    expect(givesAll(document([statement]), statements)).toBe(gives);
  });
});
