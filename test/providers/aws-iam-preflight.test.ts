import { describe, expect, test } from '@jest/globals';
import type { IAMClient } from '@aws-sdk/client-iam';
import { preflight } from '../../providers/aws-iam/preflight.ts';

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

const error = (name: string) => Object.assign(new Error(name), { name });

/** IAM with no user and no group, where a credential has the permission for these actions. */
const iamWith = (allowed: readonly string[]): IAMClient =>
  ({
    send: ({ constructor }: { constructor: { name: string } }) => {
      const action = constructor.name.replace(/Command$/, '');
      return Promise.reject(error(allowed.includes(action) ? 'NoSuchEntityException' : 'AccessDenied'));
    },
  }) as unknown as IAMClient;
const preflightWith = (allowed: readonly string[]) =>
  preflight(iamWith(allowed), new AbortController().signal);

describe('preflight on an IAM API', () => {
  test('has no complaint about a credential that has exactly what Curfew needs', async () =>
    expect(await preflightWith(NEEDED)).toMatchObject({ ok: true, missing: [], excess: [] }));

  test.each(NEEDED)('names %s when the credential lacks it', async (action) =>
    expect(await preflightWith(NEEDED.filter((each) => each !== action))).toMatchObject({
      ok: false,
      missing: [`iam:${action}`],
      excess: [],
    }),
  );

  test.each(EXCESSIVE)('names %s when the credential has it', async (action) =>
    expect(await preflightWith([...NEEDED, action])).toMatchObject({
      ok: true,
      missing: [],
      excess: [`iam:${action}`],
    }),
  );

  test('fails when IAM does not say whether an action is allowed', async () => {
    const unavailable = { send: () => Promise.reject(error('ServiceFailure')) } as unknown as IAMClient;
    await expect(preflight(unavailable, new AbortController().signal)).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
  });
});
