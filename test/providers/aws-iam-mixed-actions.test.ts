import { describe, expect, test } from '@jest/globals';
import { batchesFromRefusal } from '../../providers/aws-iam/mixed-actions.ts';
import { preflightApi } from '../../providers/aws-iam/simulation.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { groupsOfActions, refusalOf } from './aws-iam-mixing.fixture.ts';

const ACTIONS = ['iam:PassRole', 'sts:AssumeRole', 's3:ListBucket'];
const refused = (message: string) => Object.assign(new Error(message), { name: 'InvalidInputException' });
const HALVES = [['iam:PassRole', 'sts:AssumeRole'], ['s3:ListBucket']];

describe('the batches in which IAM simulates actions', () => {
  test('are those that its refusal names', () => {
    const batches = [['iam:PassRole', 's3:ListBucket'], ['sts:AssumeRole']];
    expect(batchesFromRefusal(refused(refusalOf(batches)), ACTIONS)).toEqual(batches);
    expect(batchesFromRefusal(refused(refusalOf(ACTIONS.map((action) => [action]))), ACTIONS)).toHaveLength(
      3,
    );
  });

  test.each([
    ['names no batches', 'Actions require different authorization information.'],
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
    expect(batchesFromRefusal(refused(message), ACTIONS)).toEqual(HALVES),
  );

  test('are none for another error, and none for one action', () => {
    expect(batchesFromRefusal(refused('Invalid Entity Arn'), ACTIONS)).toBeUndefined();
    expect(batchesFromRefusal(undefined, ACTIONS)).toBeUndefined();
    expect(batchesFromRefusal(refused(refusalOf([['iam:PassRole'], []])), ['iam:PassRole'])).toBeUndefined();
  });
});

describe('a simulation that IAM wants in groups', () => {
  const question = { principal: 'arn:p', actions: ACTIONS, resources: ['*'], boundary: undefined };
  /** IAM that refuses all actions together, and answers each request by its actions. */
  const simulating = (answer: (actions: readonly string[]) => object) => {
    const asked: (readonly string[])[] = [];
    const client = {
      send: ({ input: { ActionNames } }: { input: { ActionNames: readonly string[] } }) => {
        asked.push(ActionNames);
        if (ActionNames.length === 3)
          return Promise.reject(refused(refusalOf([['iam:PassRole', 's3:ListBucket'], ['sts:AssumeRole']])));
        const answered = answer(ActionNames);
        return answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered);
      },
    };
    const probes = preflightApi(client as never, client as never);
    return { simulate: () => probes.simulate(question, neverAborts), asked };
  };
  const allowed = (actions: readonly string[]) => ({
    EvaluationResults: actions.map((EvalActionName) => ({
      EvalActionName,
      EvalResourceName: '*',
      EvalDecision: 'allowed',
    })),
  });

  test('is asked once for all actions, and once for each group', async () => {
    const { simulate, asked } = simulating(allowed);
    const { may } = await simulate();
    expect(ACTIONS.map((action) => may(action, '*'))).toEqual([true, true, true]);
    expect(asked).toEqual([ACTIONS, ['iam:PassRole', 's3:ListBucket'], ['sts:AssumeRole']]);
  });

  test('leaves only that group open to which IAM does not answer', async () => {
    const throttled = Object.assign(new Error('slow'), { name: 'Throttling' });
    const { simulate } = simulating((actions) => (actions.length === 1 ? throttled : allowed(actions)));
    const { may } = await simulate();
    expect(ACTIONS.map((action) => may(action, '*'))).toEqual([true, undefined, true]);
  });

  test('leaves what IAM answers in another format open, and hides no mistake of its own', async () => {
    const { simulate } = simulating(() => ({ EvaluationResults: undefined }));
    expect((await simulate()).may('sts:AssumeRole', '*')).toBeUndefined();
    const broken = simulating(() => ({
      get EvaluationResults(): never {
        throw new TypeError('a mistake in Curfew');
      },
    }));
    await expect(broken.simulate()).rejects.toThrow('a mistake in Curfew');
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
