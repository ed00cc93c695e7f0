import { describe, expect, test } from '@jest/globals';
import { describe as describeTarget, residualSessionMs } from '../../providers/aws-iam/describe.ts';
import type { Statement } from '../../providers/aws-iam/policy.ts';

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
    expect(described({ Action }).plain).toBe(
      `access to ${services} in AWS, by a policy that AWS itself stops applying at the end`,
    ),
  );

  test('names the services of every statement', () =>
    expect(described({}, { Action: ['sqs:SendMessage'] }, { Action: ['ec2:Run', 's3:Put'] }).plain).toContain(
      'access to ec2, s3, sqs in AWS',
    ));

  test('names the account', () =>
    expect(describeTarget({ kind: 'policy', account: '123456789012', statements: [READ] }).plain).toContain(
      'in AWS account 123456789012, ',
    ));

  test.each([
    ['iam:PassRole', 'can pass a role to a service, which then acts with that role'],
    ['iam:CreateAccessKey', 'can create access keys that stay valid after the end'],
    ['iam:CreateLoginProfile', 'can create passwords that stay valid after the end'],
    ['iam:UpdateLoginProfile', "can set another user's password"],
    ['iam:PutUserPolicy', 'can write policies'],
    ['iam:PutRolePolicy', 'can write policies'],
    ['iam:PutGroupPolicy', 'can write policies'],
    ['iam:AttachUserPolicy', 'can attach policies'],
    ['iam:AttachRolePolicy', 'can attach policies'],
    ['iam:AttachGroupPolicy', 'can attach policies'],
    ['iam:CreatePolicyVersion', 'can change policies'],
    ['iam:SetDefaultPolicyVersion', 'can change policies'],
    ['iam:UpdateAssumeRolePolicy', 'can change who may assume a role'],
    ['iam:AddUserToGroup', 'can add people to groups'],
    ['iam:CreateUser', 'can create users'],
  ])('warns of %s', (action, risk) =>
    expect(described({ Action: [action] }).permissions[0]).toBe(
      `caution: ${action} is allowed: the person ${risk}`,
    ),
  );
});

test('a wildcard is described with each risk of its actions, in the order of the lists, before the statements', () =>
  expect(described({ Action: ['sts:Assume*', 'iam:*AccessKey'] }, {}).permissions).toEqual([
    'caution: iam:CreateAccessKey is allowed: the person can create access keys that stay valid after the end',
    "caution: sts:AssumeRole is allowed: the person can open a role's session, which continues after the end for up to 12 h",
    "caution: sts:AssumeRoot is allowed: the person can open a root's session in a member account, which continues after the end for up to 15 min",
    'sts:Assume*, iam:*AccessKey on arn:aws:s3:::orders/*',
    's3:GetObject on arn:aws:s3:::orders/*',
  ]));

test('every risk of a service is named', () => {
  const { permissions } = described({ Action: ['iam:*'] });
  expect(permissions.filter((each) => each.startsWith('caution: iam:'))).toHaveLength(15);
});

test('a group of no account is a group in AWS', () =>
  expect(describeTarget({ kind: 'group', group: 'deployers' }).plain).toBe(
    'membership in the IAM group deployers in AWS',
  ));

test('the description of a group says that Curfew does not know what it allows', () => {
  const target = { kind: 'group', group: 'deployers', account: '123456789012' } as const;
  expect(describeTarget(target)).toEqual({
    plain: 'membership in the IAM group deployers in AWS account 123456789012',
    permissions: [
      'everything that the policies of the group deployers allow, including sessions of roles, shells and databases',
    ],
  });
  expect(residualSessionMs(target)).toBe(Number.POSITIVE_INFINITY);
});
