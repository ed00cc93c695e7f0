import { describe, expect, test } from '@jest/globals';
import type { IAMClient } from '@aws-sdk/client-iam';
import { Fault } from '../../core/faults.ts';
import { iamApi } from '../../providers/aws-iam/api.ts';

const neverAborts = new AbortController().signal;

type Command = Readonly<{ constructor: { name: string }; input: Readonly<Record<string, unknown>> }>;

/** IAM whose answers are these, one after the other. `sent` has the inputs of the commands. */
function iamOf(...answers: readonly (object | Error)[]) {
  const sent: (readonly [command: string, input: object])[] = [];
  const left = [...answers];
  const client = {
    send: ({ constructor, input }: Command) => {
      sent.push([constructor.name, input]);
      const answer = left.shift() ?? new Error('one answer is missing');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return { api: iamApi(client as unknown as IAMClient), sent };
}
const missing = Object.assign(new Error('no such entity'), { name: 'NoSuchEntityException' });
const group = (name: string) => ({ GroupId: `id-${name}`, GroupName: name });
const person = (name: string, ...policies: readonly string[]) => ({
  UserId: `id-${name}`,
  UserName: name,
  Arn: `arn:aws:iam::123456789012:user/${name}`,
  UserPolicyList: policies.map((PolicyName) => ({ PolicyName })),
});
const more = { IsTruncated: true, Marker: 'next' };

describe('every page of a list is read', () => {
  test('the groups of a user', async () => {
    const { api, sent } = iamOf({ Groups: [group('a'), group('b')], ...more }, { Groups: [group('c')] });
    expect((await api.groupsOf('ana', neverAborts)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(sent).toEqual([
      ['ListGroupsForUserCommand', { UserName: 'ana' }],
      ['ListGroupsForUserCommand', { UserName: 'ana', Marker: 'next' }],
    ]);
  });

  test('the policies of a user', async () => {
    const { api, sent } = iamOf(
      { PolicyNames: ['a'], ...more },
      { PolicyNames: [], ...more },
      { PolicyNames: ['b'] },
    );
    expect(await api.policyNames('ana', neverAborts)).toEqual(['a', 'b']);
    expect(sent.map(([, input]) => input)).toEqual([
      { UserName: 'ana' },
      { UserName: 'ana', Marker: 'next' },
      { UserName: 'ana', Marker: 'next' },
    ]);
  });

  test('the users of the account, with their policies', async () => {
    const { api, sent } = iamOf(
      { UserDetailList: [person('ana', 'x')], ...more },
      { UserDetailList: [person('bo')] },
    );
    expect(await api.accountUsers(neverAborts)).toEqual({
      account: '123456789012',
      users: [
        { id: 'id-ana', name: 'ana', policies: ['x'] },
        { id: 'id-bo', name: 'bo', policies: [] },
      ],
    });
    expect(sent.map(([, input]) => input)).toEqual([
      { Filter: ['User'], MaxItems: 1_000 },
      { Filter: ['User'], MaxItems: 1_000, Marker: 'next' },
    ]);
  });

  test('an account without users is known by its roles', async () => {
    const role = { Arn: 'arn:aws:iam::210987654321:role/x' };
    const { api } = iamOf({ UserDetailList: [] }, { RoleDetailList: [role] });
    expect(await api.accountUsers(neverAborts)).toEqual({ account: '210987654321', users: [] });
    const nothing = iamOf({ UserDetailList: [] }, { RoleDetailList: [] });
    expect(await nothing.api.accountUsers(neverAborts)).toEqual({ account: undefined, users: [] });
  });
});

describe('an entity that does not exist', () => {
  test('is an answer to a question and to a removal', async () => {
    const ask = () => iamOf(missing).api;
    expect(await ask().user('ana', neverAborts)).toBeUndefined();
    expect(await ask().group('a', neverAborts)).toBeUndefined();
    expect(await ask().groupsOf('ana', neverAborts)).toEqual([]);
    expect(await ask().policyNames('ana', neverAborts)).toEqual([]);
    expect(await ask().policy('ana', 'p', neverAborts)).toBeUndefined();
    await ask().deletePolicy('ana', 'p', neverAborts);
    await ask().removeFromGroup('ana', 'a', neverAborts);
  });

  test.each([
    ['without a code', {}],
    ['of a gateway', { name: 'NotFound' }],
    ['about the operation', { name: 'UnknownOperationException' }],
  ])('is not what an answer 404 %s says', async (_whose, fields) => {
    const answer404 = Object.assign(new Error('not found'), { $metadata: { httpStatusCode: 404 } }, fields);
    const ask = () => iamOf(answer404).api;
    for (const call of [
      () => ask().user('ana', neverAborts),
      () => ask().groupsOf('ana', neverAborts),
      () => ask().policy('ana', 'p', neverAborts),
      () => ask().deletePolicy('ana', 'p', neverAborts),
      () => ask().removeFromGroup('ana', 'a', neverAborts),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'provider-unavailable' });
  });

  test('is a fault of a grant', async () => {
    const { api } = iamOf(missing, missing);
    await expect(api.putPolicy('ana', 'p', '{}', neverAborts)).rejects.toMatchObject({
      code: 'subject-missing',
    });
    await expect(api.addToGroup('ana', 'a', neverAborts)).rejects.toMatchObject({ code: 'target-missing' });
  });
});

test.each<[string, object, (api: ReturnType<typeof iamApi>) => Promise<unknown>]>([
  ['a user without an id', { User: { UserName: 'ana' } }, (api) => api.user('ana', neverAborts)],
  ['a group without an id', { Group: { GroupName: 'a' } }, (api) => api.group('a', neverAborts)],
  ['no list of groups', {}, (api) => api.groupsOf('ana', neverAborts)],
  [
    'a list with a group without a name',
    { Groups: [{ GroupId: '1' }] },
    (api) => api.groupsOf('ana', neverAborts),
  ],
  ['no list of policies', {}, (api) => api.policyNames('ana', neverAborts)],
  ['no document', {}, (api) => api.policy('ana', 'p', neverAborts)],
  ['no list of users', {}, (api) => api.accountUsers(neverAborts)],
])('an answer with %s is no proof of absence, but a fault', async (_what, answer, call) => {
  const error = await call(iamOf(answer).api).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Fault);
  expect(error).toMatchObject({ code: 'provider-unavailable' });
});
