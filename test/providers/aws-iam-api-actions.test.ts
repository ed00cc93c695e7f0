import { describe, expect, test } from '@jest/globals';
import type { IamApi } from '../../providers/aws-iam/api.ts';
import { iamOf, missing } from './aws-iam-client.fixture.ts';

const stop = new AbortController();
const { signal } = stop;
const ARN = 'arn:aws:iam::123456789012:user/ana';
const USER = { UserId: 'AIDA1', UserName: 'Ana', Arn: ARN };

type Call = Readonly<{
  action: string;
  run: (api: IamApi) => Promise<unknown>;
  input: object;
  answer: object;
  result: unknown;
}>;
const CALLS: readonly Call[] = [
  {
    action: 'GetUser',
    run: (api) => api.user('ana', signal),
    input: { UserName: 'ana' },
    answer: { User: USER },
    result: { id: 'AIDA1', name: 'Ana', account: '123456789012' },
  },
  {
    action: 'GetGroup',
    run: (api) => api.group('deployers', signal),
    input: { GroupName: 'deployers', MaxItems: 1 },
    answer: { Group: { GroupId: 'AGPA1', GroupName: 'Deployers' } },
    result: { id: 'AGPA1', name: 'Deployers' },
  },
  {
    action: 'ListGroupsForUser',
    run: (api) => api.groupsOf('ana', signal),
    input: { UserName: 'ana' },
    answer: { Groups: [{ GroupId: 'AGPA1', GroupName: 'deployers' }] },
    result: [{ id: 'AGPA1', name: 'deployers' }],
  },
  {
    action: 'ListUserPolicies',
    run: (api) => api.policyNames('ana', signal),
    input: { UserName: 'ana' },
    answer: { PolicyNames: ['p', 'q'] },
    result: ['p', 'q'],
  },
  {
    action: 'GetUserPolicy',
    run: (api) => api.policy('ana', 'p', signal),
    input: { UserName: 'ana', PolicyName: 'p' },
    answer: { PolicyDocument: '%7B%7D' },
    result: '%7B%7D',
  },
  {
    action: 'PutUserPolicy',
    run: (api) => api.putPolicy('ana', 'p', '{}', signal),
    input: { UserName: 'ana', PolicyName: 'p', PolicyDocument: '{}' },
    answer: {},
    result: undefined,
  },
  {
    action: 'DeleteUserPolicy',
    run: (api) => api.deletePolicy('ana', 'p', signal),
    input: { UserName: 'ana', PolicyName: 'p' },
    answer: {},
    result: undefined,
  },
  {
    action: 'AddUserToGroup',
    run: (api) => api.addToGroup('ana', 'deployers', signal),
    input: { UserName: 'ana', GroupName: 'deployers' },
    answer: {},
    result: undefined,
  },
  {
    action: 'RemoveUserFromGroup',
    run: (api) => api.removeFromGroup('ana', 'deployers', signal),
    input: { UserName: 'ana', GroupName: 'deployers' },
    answer: {},
    result: undefined,
  },
  {
    action: 'GetAccountAuthorizationDetails',
    run: (api) => api.accountUsers(signal),
    input: { Filter: ['User'], MaxItems: 1_000 },
    answer: { UserDetailList: [{ ...USER, UserPolicyList: [{ PolicyName: 'p' }, { PolicyName: 'q' }] }] },
    result: { account: '123456789012', users: [{ id: 'AIDA1', name: 'Ana', policies: ['p', 'q'] }] },
  },
];
const rows = CALLS.map((call) => [call.action, call] as const);

describe.each(rows)('%s', (action, { run, input, answer, result }) => {
  test('is sent once, with the signal, and its answer is read', async () => {
    const { api, sent, signals } = iamOf(answer);
    expect(await run(api)).toEqual(result);
    expect(sent).toEqual([[action, input]]);
    expect(signals.map((each) => each === signal)).toEqual([true]);
  });

  test('names itself in the fault when it fails', async () => {
    const { api } = iamOf(Object.assign(new Error('denied'), { name: 'AccessDenied' }));
    await expect(run(api)).rejects.toThrow(`provider-forbidden: aws-iam: ${action}: AccessDenied: denied`);
  });
});

test.each<[action: string, what: string, answer: object]>([
  ['GetUser', 'no user', {}],
  ['GetUser', 'a user without an id', { User: { ...USER, UserId: undefined } }],
  ['GetUser', 'a user without a name', { User: { ...USER, UserName: undefined } }],
  ['GetUser', 'a user without an ARN', { User: { ...USER, Arn: undefined } }],
  ['GetUser', 'a user whose ARN is none', { User: { ...USER, Arn: 'ana' } }],
  ['GetUser', 'a user whose ARN has no account', { User: { ...USER, Arn: 'arn:aws:iam:::user/ana' } }],
  ['GetGroup', 'no group', {}],
  ['GetGroup', 'a group without an id', { Group: { GroupName: 'deployers' } }],
  ['GetGroup', 'a group without a name', { Group: { GroupId: 'AGPA1' } }],
  ['ListGroupsForUser', 'no list of groups', {}],
  ['ListGroupsForUser', 'a group without a name', { Groups: [{ GroupId: 'AGPA1' }] }],
  ['ListUserPolicies', 'no list of policies', {}],
  ['GetUserPolicy', 'no document', {}],
  ['GetUserPolicy', 'an empty document', { PolicyDocument: '' }],
  ['GetAccountAuthorizationDetails', 'no list of users', {}],
])('%s: an answer with %s is no proof of absence, but a fault', async (action, _what, answer) => {
  const call = CALLS.find((each) => each.action === action);
  await expect(call?.run(iamOf(answer).api)).rejects.toThrow(
    `provider-unavailable: aws-iam: ${action}: the answer is not in IAM's format`,
  );
});

test.each<[action: string, fault: string]>([
  ['PutUserPolicy', 'subject-missing: aws-iam: no user "ana"'],
  ['AddUserToGroup', 'target-missing: aws-iam: no group "deployers"'],
])('%s: a user or group that does not exist is a fault', async (action, fault) => {
  const call = CALLS.find((each) => each.action === action);
  await expect(call?.run(iamOf(missing).api)).rejects.toThrow(fault);
});
