import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { awsIamProvider, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { CUT_OFF_DOCUMENT, CUT_OFF_POLICY } from '../../providers/aws-iam/cut-off.ts';
import { documentFor, policyName } from '../../providers/aws-iam/policy.ts';
import { lease } from '../core/request/request.fixture.ts';
import { ACCOUNT, ana, DEPLOYERS, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';
import { serveIam } from './aws-iam-server.fixture.ts';

const READ = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] } as const;
const policy = { kind: 'policy', statements: [READ] } as const;
const group = { kind: 'group', group: 'deployers' } as const;
const groupWithId = { ...group, account: ACCOUNT, id: DEPLOYERS.id };
const elsewhere = '000000000001';
const ELSEWHERE = `provider-forbidden: aws-iam: Curfew's credential is for account ${ACCOUNT}, not for account ${elsewhere}`;
const subject = { id: 'AIDA1', name: 'ana' };
const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const NAME = policyName(lease, endsAt);
const grantOf = (target: AwsIamTarget) => ({ lease, subject, target, level: 'any', endsAt });
const revokeOf = (target: AwsIamTarget) => ({ ...grantOf(target), level: 'none' });

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The provider at an IAM in memory, and the calls that arrive there. */
async function providerAt(...iam: Parameters<typeof memoryIam>) {
  const { api, calls } = memoryIam(...iam);
  const { endpoint, stop } = await serveIam(api);
  stops.push(stop);
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  return { provider: awsIamProvider({ endpoint, credentials }), calls };
}

describe('what a user has before the first write', () => {
  test.each<[what: string, target: AwsIamTarget, observed: object]>([
    ['nothing of a policy', policy, { level: 'none', target: { ...policy, account: ACCOUNT } }],
    ['a membership', group, { level: 'member', target: groupWithId }],
    ['a membership in the group with the id', groupWithId, { level: 'member', target: groupWithId }],
  ])('is %s, in a target with the account and the id', async (_what, target, observed) => {
    const { provider } = await providerAt([ana({ groups: [DEPLOYERS] })]);
    expect(await provider.observe({ account: 'ana', target }, neverAborts)).toEqual({
      subject,
      sources: [],
      ...observed,
    });
  });

  test.each([
    ['no group', []],
    ['another group with the name', [{ id: 'AGPAOTHER', name: 'deployers' }]],
  ])('is no membership with %s', async (_what, groups) => {
    const { provider } = await providerAt([ana({ groups })]);
    expect(await provider.observe({ account: 'ana', target: group }, neverAborts)).toEqual({
      subject,
      level: 'none',
      sources: [],
      target: groupWithId,
    });
  });

  test.each([
    ['aws', undefined],
    ['aws-us-gov', 'the target names arn:aws:s3:::orders/*, and this account is in the partition aws-us-gov'],
    ['aws-cn', 'the target names arn:aws:s3:::orders/*, and this account is in the partition aws-cn'],
  ])('in the partition %s has the refusal %j', async (partition, refusal) => {
    const { provider } = await providerAt([ana({ partition })]);
    const target = { ...policy, statements: [{ ...READ, Resource: ['arn:aws:s3:::orders/*'] }] };
    const seen = await provider.observe({ account: 'ana', target }, neverAborts);
    if (refusal === undefined) expect(seen).not.toHaveProperty('refusal');
    else expect(seen.refusal).toContain(refusal);
  });

  test.each<[what: string, account: string, target: AwsIamTarget, fault: string]>([
    ['a user that does not exist', 'bo', policy, 'subject-missing: aws-iam: no user "bo"'],
    ['a group that does not exist', 'ana', { ...group, group: 'x' }, 'target-missing: aws-iam: no group "x"'],
    ['a policy of another account', 'ana', { ...policy, account: elsewhere }, ELSEWHERE],
    ['a group of another account', 'ana', { ...group, account: elsewhere }, ELSEWHERE],
  ])('is a fault for %s', async (_what, account, target, fault) => {
    const { provider } = await providerAt([ana()]);
    await expect(provider.observe({ account, target }, neverAborts)).rejects.toThrow(fault);
  });
});

describe('a grant', () => {
  test('of a policy is written to the current name of the user', async () => {
    const renamed = ana({ name: 'ana.f' });
    const { provider } = await providerAt([renamed]);
    expect(await provider.ensurePresent(grantOf(policy), neverAborts)).toEqual({
      level: 'present',
      found: 'none',
      seen: `ana.f (AIDA1) has the policy ${NAME} until 2027-01-02T12:00:00Z`,
    });
    expect(Object.keys(renamed.policies)).toEqual([NAME]);
  });

  test.each<[string, AwsIamTarget]>([
    ['policy', policy],
    ['group', group],
  ])('of a %s is refused to a user who was cut off, and writes nothing', async (_kind, target) => {
    const user = ana({ policies: { [CUT_OFF_POLICY]: CUT_OFF_DOCUMENT } });
    const { provider, calls } = await providerAt([user]);
    await expect(provider.ensurePresent(grantOf(target), neverAborts)).rejects.toThrow(
      'provider-refused: aws-iam: everything of ana was ended, and the policy curfew-cut-off still refuses',
    );
    expect(calls.filter((call) => /^(put|add|delete|remove)/.test(call))).toEqual([]);
  });

  test('of a group is written to the current name of the user', async () => {
    const renamed = ana({ name: 'ana.f' });
    const { provider } = await providerAt([renamed]);
    expect(await provider.ensurePresent(grantOf(group), neverAborts)).toEqual({
      level: 'member',
      found: 'none',
      seen: 'ana.f (AIDA1) is in deployers',
    });
    expect(renamed.groups).toEqual([DEPLOYERS]);
  });

  test.each<[what: string, users: Parameters<typeof memoryIam>[0], target: AwsIamTarget, code: string]>([
    ['a user that does not exist', [], policy, 'subject-missing'],
    ['a user that was created again', [ana({ id: 'AIDA2' })], policy, 'subject-changed'],
    ['another account', [ana()], { ...policy, account: elsewhere }, 'provider-forbidden'],
    ['a group that was created again', [ana()], { ...group, id: 'AGPAOLD' }, 'target-missing'],
  ])('to %s is a fault, and nothing is written', async (_what, users, target, code) => {
    const { provider, calls } = await providerAt(users);
    await expect(provider.ensurePresent(grantOf(target), neverAborts)).rejects.toMatchObject({ code });
    expect(calls.filter((call) => /^(put|add|delete|remove)/.test(call))).toEqual([]);
  });
});

describe('a revoke', () => {
  const WRITTEN = JSON.stringify(documentFor([READ], endsAt));
  const holder = (name: string) => ana({ name, policies: { [NAME]: WRITTEN }, groups: [DEPLOYERS] });

  test.each([
    ['a policy', policy, 'present', `AIDA1) has no policy of ${lease}`],
    ['a group', group, 'member', 'AIDA1) is not in deployers'],
  ])('of %s uses the current name of the user', async (_what, target, found, seen) => {
    const { provider } = await providerAt([holder('ana.f')]);
    expect(await provider.ensureAbsent(revokeOf(target), neverAborts)).toMatchObject({
      level: 'none',
      found,
      seen: `ana.f (${seen}`,
      lowered: true,
    });
  });

  test('of a policy leaves the groups, and of a group leaves the policies', async () => {
    const [one, two] = [holder('ana'), holder('ana')];
    await (await providerAt([one])).provider.ensureAbsent(revokeOf(policy), neverAborts);
    await (await providerAt([two])).provider.ensureAbsent(revokeOf(group), neverAborts);
    expect([one.policies, one.groups]).toEqual([{}, [DEPLOYERS]]);
    expect([two.policies, two.groups]).toEqual([{ [NAME]: WRITTEN }, []]);
  });

  test.each([
    ['nobody has the name', []],
    ['another user has the name', [ana({ id: 'AIDA2' })]],
  ])('from a user that does not exist is done: %s', async (_what, users) => {
    const { provider, calls } = await providerAt(users);
    expect(await provider.ensureAbsent(revokeOf({ ...policy, account: ACCOUNT }), neverAborts)).toEqual({
      level: 'none',
      seen: `no user in account ${ACCOUNT} has the id AIDA1`,
    });
    await expect(provider.ensureAbsent(revokeOf(policy), neverAborts)).rejects.toMatchObject({
      code: 'not-verified',
    });
    expect(calls.filter((call) => /^(delete|remove)/.test(call))).toEqual([]);
  });

  test.each([
    ['a policy', policy],
    ['a group', group],
  ])('of %s is not verified when the user was renamed during it', async (_what, target) => {
    let reads = 0;
    const user = () =>
      Promise.resolve((reads += 1) === 1 ? { ...subject, account: ACCOUNT, partition: 'aws' } : undefined);
    const { provider } = await providerAt([holder('ana')], { user });
    await expect(provider.ensureAbsent(revokeOf(target), neverAborts)).rejects.toMatchObject({
      code: 'not-verified',
    });
  });
});

test('the list has the policies of leases only', async () => {
  const { provider } = await providerAt([ana({ policies: { [NAME]: '{}', mine: '{}' } })]);
  expect(await provider.listManaged(neverAborts)).toEqual([
    { lease, endsAt, subject: 'ana', subjectId: 'AIDA1', what: NAME },
  ]);
});
