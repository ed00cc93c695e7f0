import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../providers/aws-iam/preflight.ts';
import { clientThat, missing } from './aws-iam-client.fixture.ts';

const NEEDED = [
  'GetUser',
  'ListUserPolicies',
  'GetUserPolicy',
  'PutUserPolicy',
  'DeleteUserPolicy',
  'GetGroup',
  'ListGroupsForUser',
  'AddUserToGroup',
  'RemoveUserFromGroup',
  'GetAccountAuthorizationDetails',
];
const EXCESSIVE = ['CreateAccessKey', 'CreateLoginProfile', 'AttachUserPolicy'];
const ALL = [...NEEDED, ...EXCESSIVE];
const NOTE =
  'Curfew tried each action on a user and a group that do not exist: "no such entity" means that the action is allowed. ' +
  'Permissions that are limited to some users or groups show as missing here and may still be enough.';

const { signal } = new AbortController();
const error = (name: string) => Object.assign(new Error(name), { name });

/** IAM with no user and no group, where a credential has the permission for these actions. */
const iamWith = (allowed: readonly string[]) =>
  clientThat((action) => (allowed.includes(action) ? missing : error('AccessDenied')));
const preflightWith = (allowed: readonly string[]) => preflight(iamWith(allowed).client, signal);

describe('preflight on an IAM API', () => {
  test('has no complaint about a credential that has exactly what Curfew needs', async () =>
    expect(await preflightWith(NEEDED)).toEqual({ ok: true, missing: [], excess: [], note: NOTE }));

  test.each(NEEDED)('names %s when the credential lacks it', async (action) =>
    expect(await preflightWith(NEEDED.filter((each) => each !== action))).toEqual({
      ok: false,
      missing: [`iam:${action}`],
      excess: [],
      note: NOTE,
    }),
  );

  test.each(EXCESSIVE)('names %s when the credential has it', async (action) =>
    expect(await preflightWith([...NEEDED, action])).toEqual({
      ok: true,
      missing: [],
      excess: [`iam:${action}`],
      note: NOTE,
    }),
  );

  test('names everything that the credential lacks, and everything that it has too much', async () =>
    expect(await preflightWith(EXCESSIVE)).toEqual({
      ok: false,
      missing: NEEDED.map((action) => `iam:${action}`),
      excess: EXCESSIVE.map((action) => `iam:${action}`),
      note: NOTE,
    }));

  test('takes an answer without an error for the permission', async () => {
    const answers = clientThat((action) => (action === 'ListUserPolicies' ? {} : missing));
    expect(await preflight(answers.client, signal)).toMatchObject({ ok: true, missing: [] });
  });

  test.each(ALL)('fails when IAM does not say whether %s is allowed', async (action) => {
    const { client } = clientThat((each) => (each === action ? error('ServiceFailure') : missing));
    await expect(preflight(client, signal)).rejects.toThrow(
      `provider-unavailable: aws-iam: iam:${action}: ServiceFailure: ServiceFailure`,
    );
  });

  test('sends each action once, with the signal', async () => {
    const { client, sent, signals } = iamWith([]);
    await preflight(client, signal);
    expect(sent.map(([action]) => action)).toEqual(ALL);
    expect(signals).toEqual(ALL.map(() => signal));
  });
});

describe('preflight changes nothing', () => {
  const sendAll = async () => {
    const { client, sent } = iamWith(ALL);
    await preflight(client, signal);
    return new Map(sent.map(([action, input]) => [action, input as Record<string, unknown>]));
  };

  test('because its user, group and policy have a new random name each time', async () => {
    const names = [await sendAll(), await sendAll()].map((sent) => {
      const fields = [...sent.values()].flatMap(({ UserName, GroupName, PolicyName }) => [
        ...[UserName, GroupName, PolicyName].filter((each) => each !== undefined),
      ]);
      return [...new Set(fields)];
    });
    expect(names.flat()).toHaveLength(2);
    for (const name of names.flat()) expect(name).toMatch(/^curfew-preflight-[0-9a-f-]{36}$/);
    expect(names[0]).not.toEqual(names[1]);
  });

  test('and what it would write gives no access', async () => {
    const sent = await sendAll();
    const UserName = sent.get('GetUser')?.['UserName'];
    const of = { UserName };
    const group = { GroupName: UserName };
    const policy = { ...of, PolicyName: UserName };
    const { Password, ...profile } = sent.get('CreateLoginProfile') ?? {};
    expect(profile).toEqual(of);
    expect(Password).toMatch(/^[0-9a-f-]{36}$/);
    const { PolicyDocument, ...written } = sent.get('PutUserPolicy') ?? {};
    expect(written).toEqual(policy);
    expect(JSON.parse(String(PolicyDocument))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: ['*'], Resource: ['*'] }],
    });
    expect(sent.get('AttachUserPolicy')).toEqual({ ...of, PolicyArn: 'arn:aws:iam::aws:policy/AWSDenyAll' });
    expect(sent.get('AddUserToGroup')).toEqual({ ...of, ...group });
    expect(sent.get('RemoveUserFromGroup')).toEqual({ ...of, ...group });
    expect(sent.get('GetGroup')).toEqual(group);
    for (const action of ['GetUserPolicy', 'DeleteUserPolicy']) expect(sent.get(action)).toEqual(policy);
    for (const action of ['GetUser', 'ListUserPolicies', 'ListGroupsForUser', 'CreateAccessKey'])
      expect(sent.get(action)).toEqual(of);
    expect(sent.get('GetAccountAuthorizationDetails')).toEqual({ Filter: ['User'], MaxItems: 1 });
  });
});
