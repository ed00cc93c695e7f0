import { describe, expect, test } from '@jest/globals';
import { iamOf, missing } from './aws-iam-client.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

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
      ['ListGroupsForUser', { UserName: 'ana' }],
      ['ListGroupsForUser', { UserName: 'ana', Marker: 'next' }],
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
    expect(await api.account(['User'], neverAborts)).toMatchObject({
      number: '123456789012',
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

  test.each<[what: string, end: object, pages: number]>([
    ['that is the last one', { IsTruncated: false, Marker: 'next' }, 1],
    ['whose user was deleted meanwhile', missing, 1],
    ['that names a next one', more, 2],
  ])('and none after a page %s', async (_what, end, pages) => {
    const { api, sent } = iamOf(end instanceof Error ? end : { PolicyNames: [], ...end }, {
      PolicyNames: [],
    });
    expect(await api.policyNames('ana', neverAborts)).toEqual([]);
    expect(sent).toHaveLength(pages);
  });
});

test('a list that goes on, and does not say where, is no proof of absence, but a fault', async () => {
  const { api } = iamOf({ PolicyNames: ['a'], IsTruncated: true });
  await expect(api.policyNames('ana', neverAborts)).rejects.toThrow(
    "provider-unavailable: aws-iam: ListUserPolicies: the answer is not in IAM's format",
  );
});

describe('the number of the account', () => {
  const role = { Arn: 'arn:aws:iam::210987654321:role/x' };

  test.each<[what: string, answers: readonly object[], account: string | undefined]>([
    ['is that of its roles when it has no users', [{ RoleDetailList: [role] }], '210987654321'],
    ['is unknown without users and roles', [{ RoleDetailList: [] }], undefined],
    ['is unknown when the roles are not shown', [{}], undefined],
    ['is unknown when IAM says that there are none', [missing], undefined],
  ])('%s', async (_what, answers, account) => {
    const { api, sent, signals } = iamOf({ UserDetailList: [] }, ...answers);
    expect(await api.account(['User'], neverAborts)).toMatchObject({ number: account, users: [] });
    expect(sent[1]).toEqual(['GetAccountAuthorizationDetails', { Filter: ['Role'], MaxItems: 1_000 }]);
    expect(signals).toEqual([neverAborts, neverAborts]);
  });

  test.each(['aws', 'aws-cn', 'aws-us-gov'])('is read in the partition %s too', async (partition) => {
    const Arn = `arn:${partition}:iam::123456789012:user/ana`;
    const { api } = iamOf({ User: { UserId: 'id-ana', UserName: 'ana', Arn } });
    expect((await api.user('ana', neverAborts))?.account).toBe('123456789012');
  });

  test('is that of the first user, on whatever page, and no role is read', async () => {
    const { api, sent } = iamOf({ UserDetailList: [], ...more }, { UserDetailList: [person('ana')] });
    expect((await api.account(['User'], neverAborts)).number).toBe('123456789012');
    expect(sent).toHaveLength(2);
  });

  test('is still that of the first user after a page without users', async () => {
    const { api, sent } = iamOf({ UserDetailList: [person('ana')], ...more }, { UserDetailList: [] });
    expect((await api.account(['User'], neverAborts)).number).toBe('123456789012');
    expect(sent).toHaveLength(2);
  });
});

test('a user of the account whose fields are not shown has an empty id, name and list of policies', async () => {
  const { api } = iamOf({ UserDetailList: [{ Arn: 'arn:aws:iam::1:user/x' }, { UserPolicyList: [{}] }] });
  expect((await api.account(['User'], neverAborts)).users).toMatchObject([
    { id: '', name: '', policies: [] },
    { id: '', name: '', policies: [''] },
  ]);
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
});
