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
    result: { id: 'AIDA1', name: 'Ana', account: '123456789012', partition: 'aws' },
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
    run: (api) => api.account(['User'], signal),
    input: { Filter: ['User'], MaxItems: 1_000 },
    answer: {
      UserDetailList: [
        {
          ...USER,
          CreateDate: new Date(7_000),
          PermissionsBoundary: { PermissionsBoundaryArn: 'arn:b' },
          UserPolicyList: [{ PolicyName: 'p' }, { PolicyName: 'q' }],
          AttachedManagedPolicies: [{ PolicyName: 'm' }],
          GroupList: ['deployers'],
        },
      ],
    },
    result: {
      number: '123456789012',
      users: [
        {
          id: 'AIDA1',
          name: 'Ana',
          arn: ARN,
          createdAt: 7_000,
          boundary: 'arn:b',
          policies: ['p', 'q'],
          attached: ['m'],
          groups: ['deployers'],
        },
      ],
      roles: [],
      groups: [],
      policies: [],
    },
  },
  {
    action: 'ListAccessKeys',
    run: (api) => api.activeKeys('ana', signal),
    input: { UserName: 'ana' },
    answer: {
      AccessKeyMetadata: [
        { AccessKeyId: 'AKIA1', Status: 'Active' },
        { AccessKeyId: 'AKIA2', Status: 'Inactive' },
        { AccessKeyId: 'AKIA3', Status: 'Expired' },
        { AccessKeyId: 'AKIA4', Status: 'Another' },
      ],
    },
    result: ['AKIA1', 'AKIA4'],
  },
  {
    action: 'ListAccessKeys',
    run: (api) => api.credentials('ListAccessKeys', 'ana', signal),
    input: { UserName: 'ana' },
    answer: { AccessKeyMetadata: [{ AccessKeyId: 'AKIA1', CreateDate: new Date(7_000) }] },
    result: [{ what: 'the access key AKIA1', at: 7_000, isActive: true }],
  },
  {
    action: 'GetLoginProfile',
    run: (api) => api.credentials('GetLoginProfile', 'ana', signal),
    input: { UserName: 'ana' },
    answer: { LoginProfile: { CreateDate: new Date(7_000) } },
    result: [{ what: 'a password for the console', at: 7_000, isActive: true }],
  },
  {
    action: 'ListServiceSpecificCredentials',
    run: (api) => api.credentials('ListServiceSpecificCredentials', 'ana', signal),
    input: { UserName: 'ana' },
    answer: {
      ServiceSpecificCredentials: [
        {
          ServiceName: 'codecommit.amazonaws.com',
          ServiceSpecificCredentialId: 'ACCA1',
          CreateDate: new Date(7_000),
        },
      ],
    },
    result: [{ what: 'a credential for codecommit.amazonaws.com (ACCA1)', at: 7_000, isActive: true }],
  },
  {
    action: 'ListSSHPublicKeys',
    run: (api) => api.credentials('ListSSHPublicKeys', 'ana', signal),
    input: { UserName: 'ana' },
    answer: { SSHPublicKeys: [{ SSHPublicKeyId: 'APKA1', UploadDate: new Date(7_000) }] },
    result: [{ what: 'the SSH key APKA1', at: 7_000, isActive: true }],
  },
  {
    action: 'ListSigningCertificates',
    run: (api) => api.credentials('ListSigningCertificates', 'ana', signal),
    input: { UserName: 'ana' },
    answer: { Certificates: [{ CertificateId: 'C1', UploadDate: new Date(7_000) }] },
    result: [{ what: 'the signing certificate C1', at: 7_000, isActive: true }],
  },
  {
    action: 'ListMFADevices',
    run: (api) => api.credentials('ListMFADevices', 'ana', signal),
    input: { UserName: 'ana' },
    answer: { MFADevices: [{ SerialNumber: 'arn:mfa', EnableDate: new Date(7_000) }] },
    result: [{ what: 'the MFA device arn:mfa', at: 7_000, isActive: true }],
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

test('the parts of an account are read in one list, each with what Curfew uses of it', async () => {
  const { api, sent } = iamOf({
    UserDetailList: [],
    RoleDetailList: [
      {
        RoleId: 'AROA1',
        RoleName: 'r',
        Arn: 'arn:aws-cn:iam::123456789012:role/r',
        CreateDate: new Date(1),
        AssumeRolePolicyDocument: '%7B%7D',
        PermissionsBoundary: { PermissionsBoundaryArn: 'arn:b' },
      },
    ],
    GroupDetailList: [
      {
        GroupId: 'AGPA1',
        GroupName: 'g',
        Arn: 'arn:g',
        CreateDate: new Date(2),
        GroupPolicyList: [{ PolicyName: 'i', PolicyDocument: '%7B%7D' }],
        AttachedManagedPolicies: [{ PolicyName: 'm', PolicyArn: 'arn:m' }],
      },
    ],
    Policies: [
      {
        Arn: 'arn:m',
        UpdateDate: new Date(3),
        PolicyVersionList: [
          { Document: 'old', IsDefaultVersion: false, CreateDate: new Date(2) },
          { Document: 'new', IsDefaultVersion: true, CreateDate: new Date(3) },
        ],
      },
      {
        Arn: 'arn:back',
        UpdateDate: new Date(3),
        PolicyVersionList: [
          { Document: 'old', IsDefaultVersion: true, CreateDate: new Date(2) },
          { Document: 'new', IsDefaultVersion: false, CreateDate: new Date(3) },
        ],
      },
    ],
  });
  expect(await api.account(['User', 'Role', 'Group', 'LocalManagedPolicy'], signal)).toEqual({
    number: '123456789012',
    users: [],
    roles: [
      {
        id: 'AROA1',
        name: 'r',
        arn: 'arn:aws-cn:iam::123456789012:role/r',
        createdAt: 1,
        trust: '%7B%7D',
        boundary: 'arn:b',
      },
    ],
    groups: [
      { id: 'AGPA1', name: 'g', arn: 'arn:g', createdAt: 2, documents: ['%7B%7D'], attached: ['arn:m'] },
    ],
    policies: [
      { arn: 'arn:m', changedAt: 3, document: 'new', isNewest: true },
      { arn: 'arn:back', changedAt: 3, document: 'old', isNewest: false },
    ],
  });
  expect(sent).toHaveLength(1);
});

test.each([
  ['ListAccessKeys', { AccessKeyMetadata: [{ Status: 'Inactive' }] }],
  ['ListServiceSpecificCredentials', { ServiceSpecificCredentials: [{ Status: 'Expired' }] }],
  ['ListSSHPublicKeys', { SSHPublicKeys: [{ Status: 'Inactive' }] }],
  ['ListSigningCertificates', { Certificates: [{ Status: 'Inactive' }] }],
] as const)('%s: a credential that does not work is not active', async (list, answer) =>
  expect(await iamOf(answer).api.credentials(list, 'ana', signal)).toMatchObject([{ isActive: false }]),
);

test.each(['GetLoginProfile', 'ListAccessKeys'] as const)('%s: a user without one has none', async (list) =>
  expect(await iamOf(missing).api.credentials(list, 'ana', signal)).toEqual([]),
);

test.each([
  ['the first page', [missing]],
  ['a later page', [{ UserDetailList: [USER], IsTruncated: true, Marker: 'next' }, missing]],
])(
  'GetAccountAuthorizationDetails: "no such entity" for %s is no proof of absence, but a fault (F24)',
  async (_what, answers) => {
    await expect(iamOf(...answers).api.account(['User'], signal)).rejects.toThrow(
      "provider-unavailable: aws-iam: GetAccountAuthorizationDetails: the answer is not in IAM's format",
    );
  },
);

test.each<[action: string, fault: string]>([
  ['PutUserPolicy', 'subject-missing: aws-iam: no user "ana"'],
  ['AddUserToGroup', 'target-missing: aws-iam: no group "deployers"'],
])('%s: a user or group that does not exist is a fault', async (action, fault) => {
  const call = CALLS.find((each) => each.action === action);
  await expect(call?.run(iamOf(missing).api)).rejects.toThrow(fault);
});
