import { describe, expect, test } from '@jest/globals';
import { groupsIn } from '../../providers/aws-iam/mixed-actions.ts';
import { groupsOfActions, refusalOf } from './aws-iam-mixing.fixture.ts';

const ACTIONS = ['iam:PassRole', 'sts:AssumeRole', 's3:ListBucket'];
const refused = (message: string) => Object.assign(new Error(message), { name: 'InvalidInputException' });
const HALVES = [['iam:PassRole', 'sts:AssumeRole'], ['s3:ListBucket']];

describe('the groups in which IAM wants to be asked', () => {
  test('are those that its refusal names', () => {
    const groups = [['iam:PassRole', 's3:ListBucket'], ['sts:AssumeRole']];
    expect(groupsIn(refused(refusalOf(groups)), ACTIONS)).toEqual(groups);
    expect(groupsIn(refused(refusalOf(ACTIONS.map((action) => [action]))), ACTIONS)).toHaveLength(3);
  });

  test.each([
    ['names no groups', 'Actions require different authorization information.'],
    ['leaves one action out', refusalOf([['iam:PassRole'], ['sts:AssumeRole']])],
    [
      'names one action twice',
      refusalOf([
        ['iam:PassRole', 'sts:AssumeRole'],
        ['iam:PassRole', 's3:ListBucket'],
      ]),
    ],
    ['names one group only', refusalOf([ACTIONS])],
    ['names other actions', refusalOf([['a:B'], ['c:D']])],
  ])('are the halves when its refusal %s, so that asking always ends', (_what, message) =>
    expect(groupsIn(refused(message), ACTIONS)).toEqual(HALVES),
  );

  test('are none for another error, and none for one action', () => {
    expect(groupsIn(refused('Invalid Entity Arn'), ACTIONS)).toBeUndefined();
    expect(groupsIn(undefined, ACTIONS)).toBeUndefined();
    expect(groupsIn(refused(refusalOf([['iam:PassRole'], []])), ['iam:PassRole'])).toBeUndefined();
  });
});

describe('the rules by which the imitation of IAM refuses', () => {
  test('by the reference: other types of resources and other condition keys are other groups', async () =>
    expect(
      await groupsOfActions(
        ['iam:GetUser', 'iam:CreateAccessKey', 'iam:PutUserPolicy', 'iam:AddUserToGroup', 'x:Unknown'],
        'by-reference',
      ),
    ).toEqual([
      ['iam:GetUser', 'iam:CreateAccessKey'],
      ['iam:PutUserPolicy'],
      ['iam:AddUserToGroup'],
      ['x:Unknown'],
    ]));

  test('by names: only a name that IAM does not know is in another group', async () =>
    expect(await groupsOfActions(['iam:GetUser', 's3:GetObject', 'x:Unknown'], 'known-names')).toEqual([
      ['iam:GetUser', 's3:GetObject'],
      ['x:Unknown'],
    ]));
});
