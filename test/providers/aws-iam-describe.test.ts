import { describe, expect, test } from '@jest/globals';
import { describe as describeTarget, residualSessionMs } from '../../providers/aws-iam/describe.ts';
import type { Statement } from '../../providers/aws-iam/policy.ts';

const UNSEEN =
  'Curfew does not look after the end for: credentials of other users; policies and groups of other users; permissions boundaries that were changed; ' +
  'policies of groups, and policies and trust of roles, that were there before; identity providers; MFA devices that were deactivated; ' +
  'keys, users and passwords of other services; code that runs as a role; what was shared by policies of resources, grants and copies';

const READ = {
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource: ['arn:aws:s3:::orders/*'],
} as const;
const described = (...statements: readonly Partial<Statement>[]) =>
  describeTarget({ kind: 'policy', statements: statements.map((each) => ({ ...READ, ...each })) });

describe('the description of a policy', () => {
  test.each<[string, Partial<Statement>, string]>([
    ['one action', {}, 's3:GetObject on arn:aws:s3:::orders/*'],
    [
      'several actions and resources',
      { Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
      's3:GetObject, s3:ListBucket on arn:aws:s3:::a, arn:aws:s3:::b',
    ],
    [
      'a condition with several values',
      { Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.0.2.0/24'] } } },
      's3:GetObject on arn:aws:s3:::orders/*, only when aws:SourceIp IpAddress 10.0.0.0/8 or 192.0.2.0/24',
    ],
    [
      'several conditions and keys',
      {
        Condition: {
          Bool: { 'aws:SecureTransport': ['true'] },
          StringEquals: { 's3:prefix': ['a'], 's3:delimiter': ['/'] },
        },
      },
      's3:GetObject on arn:aws:s3:::orders/*, only when aws:SecureTransport Bool true and s3:prefix StringEquals a and s3:delimiter StringEquals /',
    ],
  ])('has a line with all of a statement: %s', (_what, statement, line) =>
    expect(described(statement).permissions).toEqual([line]),
  );

  test('has a line for each statement, in their order', () =>
    expect(described({ Action: ['sqs:SendMessage'] }, {}).permissions).toEqual([
      'sqs:SendMessage on arn:aws:s3:::orders/*',
      's3:GetObject on arn:aws:s3:::orders/*',
    ]));

  test.each<[string, readonly string[], string]>([
    ['each service once, in order', ['sqs:SendMessage', 's3:GetObject', 's3:PutObject'], 's3, sqs'],
    ['everything, when an action is a star', ['s3:GetObject', '*'], 'everything'],
  ])('names %s', (_what, Action, services) =>
    expect(described({ Action }).plain).toBe(`access to ${services} in AWS`),
  );

  test('names the services of every statement', () =>
    expect(described({}, { Action: ['sqs:SendMessage'] }, { Action: ['ec2:Run', 's3:Put'] }).plain).toContain(
      'access to ec2, s3, sqs in AWS',
    ));

  test('names the account', () =>
    expect(describeTarget({ kind: 'policy', account: '123456789012', statements: [READ] }).plain).toContain(
      'in AWS account 123456789012',
    ));
});

describe('the card warns of what outlives or widens the access (T33)', () => {
  const CREDENTIALS = 'can make keys, passwords, users or certificates that work after the end';
  const ROLES = 'can create roles, or change who may assume one, and so come in again after the end';
  const PERMISSIONS = 'can change permissions, also their own, so that they stay after the end';
  const CODE = 'can start or change code that runs after the end, with the permissions of a role';
  const SHARING =
    'can share data and resources with others, by policies, grants and copies that stay after the end';
  const cautions = (...Action: readonly string[]) =>
    described({ Action }).cautions.filter((line) => !line.startsWith('Curfew does not look'));

  test.each([
    ['iam:CreateAccessKey', CREDENTIALS],
    ['iam:CreateLoginProfile', CREDENTIALS],
    ['iam:UpdateLoginProfile', CREDENTIALS],
    ['iam:CreateUser', CREDENTIALS],
    ['iam:CreateServiceSpecificCredential', CREDENTIALS],
    ['iam:UploadSSHPublicKey', CREDENTIALS],
    ['iam:CreateVirtualMFADevice', CREDENTIALS],
    ['iam:CreateRole', ROLES],
    ['iam:UpdateAssumeRolePolicy', ROLES],
    ['iam:CreateSAMLProvider', ROLES],
    ['iam:PassRole', 'can pass a role to a service, which then acts with that role'],
    ['iam:PutUserPolicy', PERMISSIONS],
    ['iam:PutRolePolicy', PERMISSIONS],
    ['iam:PutGroupPolicy', PERMISSIONS],
    ['iam:AttachUserPolicy', PERMISSIONS],
    ['iam:AttachRolePolicy', PERMISSIONS],
    ['iam:AttachGroupPolicy', PERMISSIONS],
    ['iam:CreatePolicyVersion', PERMISSIONS],
    ['iam:SetDefaultPolicyVersion', PERMISSIONS],
    ['iam:AddUserToGroup', PERMISSIONS],
    ['iam:PutUserPermissionsBoundary', PERMISSIONS],
    ['iam:DeleteUserPermissionsBoundary', PERMISSIONS],
    ['lambda:UpdateFunctionCode', CODE],
    ['s3:PutBucketPolicy', SHARING],
    ['kms:PutKeyPolicy', SHARING],
    ['kms:CreateGrant', SHARING],
    ['lambda:AddPermission', SHARING],
    ['lambda:CreateFunctionUrlConfig', SHARING],
    ['sns:AddPermission', SHARING],
    ['sqs:AddPermission', SHARING],
    ['secretsmanager:PutResourcePolicy', SHARING],
    ['ecr:SetRepositoryPolicy', SHARING],
    ['ec2:ModifySnapshotAttribute', SHARING],
    ['rds:ModifyDBSnapshotAttribute', SHARING],
    ['ram:CreateResourceShare', SHARING],
  ])('of %s', (action, can) => expect(cautions(action)).toEqual([`${action} is allowed: the person ${can}`]));

  test.each([
    [
      'two actions of a kind',
      ['iam:*AccessKey'],
      `iam:CreateAccessKey, iam:UpdateAccessKey are allowed: the person ${CREDENTIALS}`,
    ],
    [
      'more actions than fit',
      ['iam:Create*'],
      `iam:CreateAccessKey, iam:CreateLoginProfile, iam:CreateUser and 2 more are allowed: the person ${CREDENTIALS}`,
    ],
    [
      'all of S3',
      ['s3:*'],
      `s3:PutBucketPolicy, s3:PutBucketAcl, s3:PutObjectAcl and 27 more are allowed: the person ${SHARING}`,
    ],
    [
      'all of KMS',
      ['kms:*'],
      `kms:CreateGrant, kms:PutKeyPolicy, kms:ReplicateKey and 2 more are allowed: the person ${SHARING}`,
    ],
    [
      'all of Lambda',
      ['lambda:*'],
      `lambda:UpdateFunctionCode, lambda:CreateFunction, lambda:UpdateFunctionConfiguration and 2 more are allowed: the person ${CODE}`,
    ],
    [
      'a part of a name, in another case',
      ['S3:put?ucketpolicy'],
      `s3:PutBucketPolicy is allowed: the person ${SHARING}`,
    ],
  ])('in one line for %s', (_what, actions, line) => expect(cautions(...actions)[0]).toBe(`${line}`));

  test.each([
    ['iam:*', 4],
    ['s3:*', 2],
    ['lambda:*', 4],
    ['sts:*', 5],
    ['*:Create*', 6],
  ])('in at most a few lines for %s', (action, lines) => expect(cautions(action)).toHaveLength(lines));

  test('in one line for more than five kinds of sessions, with the longest', () =>
    expect(cautions('*:Create*Url', '*:Create*URL', '*:Create*Session', 's3:GetDataAccess').at(-1)).toMatch(
      /^.* and \d+ more are allowed: the person can get sessions, tokens and credentials of \d+ kinds, which continue after the end, a remote desktop for as long as it stays open$/,
    ));

  test('in one line with a role, which has no limit, before what is longer by itself', () =>
    expect(
      cautions(
        'sts:AssumeR*',
        's3:GetDataAccess',
        'cognito-idp:*Auth',
        'sts:GetWeb*',
        'dsql:DbC*',
        'elasticache:C*',
      ).at(-1),
    ).toMatch(/, a role's session for up to 12 h, and longer if the role may assume a role again$/));

  test.each(['*', '*:*'])('in one line for %s', (action) =>
    expect(cautions(action)).toEqual([
      'everything is allowed: the person can also keep access after the end, with new keys, passwords and users, ' +
        'with new roles and permissions, with code that runs as a role, with shared data, and with open sessions of roles, shells and databases',
    ]),
  );

  test('in the order of the kinds, then of the sessions, and last what Curfew does not look for', () =>
    expect(described({ Action: ['sts:Assume*', 'iam:PassRole'] }, {}).cautions).toEqual([
      'iam:PassRole is allowed: the person can pass a role to a service, which then acts with that role',
      "sts:AssumeRole is allowed: the person can get a role's session, which continues after the end for up to 12 h, and longer if the role may assume a role again",
      "sts:AssumeRoot is allowed: the person can get a root's session in a member account, which continues after the end for up to 15 min",
      UNSEEN,
    ]));

  test.each(['s3:GetObject', 's3:List*', 'sqs:SendMessage', 'iam:Get*', 'dynamodb:Query'])(
    'not of %s',
    (action) => expect(cautions(action)).toEqual([]),
  );
});

describe('the card says what the receipt will not look for (T33)', () => {
  const unseen = (...Action: readonly string[]) =>
    described({ Action }, {}).cautions.filter((line) => line.startsWith('Curfew does not look'));

  test.each([
    ['iam:CreateAccessKey', 'credentials of other users'],
    ['kms:CreateGrant', 'what was shared by policies of resources, grants and copies'],
    ['appsync:CreateApiKey', 'keys, users and passwords of other services'],
    ['iam:DeactivateMFADevice', 'credentials of other users; MFA devices that were deactivated'],
  ])('for %s', (action, what) =>
    expect(unseen(action)).toEqual([`Curfew does not look after the end for: ${what}`]),
  );

  test('for what can get every other permission', () =>
    expect(unseen('iam:PutRolePolicy')).toEqual([UNSEEN]));

  test('and nothing for a read', () => expect(unseen('s3:GetObject')).toEqual([]));
});

test('a group of no account is a group in AWS', () =>
  expect(describeTarget({ kind: 'group', group: 'deployers' }).plain).toBe(
    'membership in the IAM group deployers in AWS',
  ));

test('the description of a group says that Curfew does not know what it allows', () => {
  const target = { kind: 'group', group: 'deployers', account: '123456789012' } as const;
  expect(describeTarget(target)).toEqual({
    plain: 'membership in the IAM group deployers in AWS account 123456789012',
    permissions: ['group deployers: member'],
    cautions: [
      'Curfew does not read what the policies of the group deployers allow. It can be everything, also sessions of roles, shells and databases',
      UNSEEN,
    ],
    atEnd: [],
    widens: true,
  });
  expect(residualSessionMs(target)).toBe(Number.POSITIVE_INFINITY);
});

describe('an approval asks once more about a policy that can widen itself (T33)', () => {
  test.each([
    ['new credentials', 'iam:CreateAccessKey'],
    ['new roles', 'iam:CreateRole'],
    ['permissions', 'iam:PutUserPolicy'],
    ['a role that is passed', 'iam:PassRole'],
    ['code that runs as a role', 'lambda:UpdateFunctionCode'],
    ['sharing', 's3:PutBucketPolicy'],
    ["a role's session", 'sts:AssumeRole'],
    ["a root's session", 'sts:AssumeRoot'],
    ['a shell with the permissions of a role', 'ssm:StartSession'],
    ["the sign-in of an application's user", 'cognito-idp:AdminInitiateAuth'],
    ['a credential of a service outside AWS', 'codeconnections:GetConnectionToken'],
    ["another person's mailbox", 'workmail:AssumeImpersonationRole'],
    ['a wildcard with one such action', 's3:*'],
    ['everything', '*'],
  ])('by %s: %s', (_by, action) => expect(described({ Action: [action] }).widens).toBe(true));

  test.each([
    ['reads', 's3:Get*Object*'],
    ['writes data', 'sqs:SendMessage'],
    ["opens a database's session, which has the privileges that were approved", 'rds-db:connect'],
    ['opens a tunnel', 'ec2-instance-connect:OpenTunnel'],
    ['gets a token that AWS accepts for the same permissions', 'sts:GetServiceBearerToken'],
  ])('and not about one that %s: %s', (_what, action) =>
    expect(described({ Action: [action] }).widens).toBe(false),
  );

  test('when only one of its statements can', () =>
    expect(described({}, { Action: ['iam:CreateUser'] }).widens).toBe(true));
});
