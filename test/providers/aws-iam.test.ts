import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  GetGroupCommand,
  GetUserPolicyCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-iam';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseLeaseId, type Instant } from '../../core/ids.ts';
import { awsIamProvider, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { policyName, readDocument } from '../../providers/aws-iam/policy.ts';
import type { PolicyTarget } from '../../providers/aws-iam/target.ts';
import { awsFixture, error, ownAccount, type AwsFixture } from './aws-iam.fixture.ts';
import { faultOf, intentFor, testLedgerAway, testProviderContract, revoking } from './conformance.fixture.ts';
import { allows, type Document } from './iam-evaluator.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const moto = process.env['TEST_MOTO_URL'];
if (!moto) console.log('skipped: no simulated AWS (TEST_MOTO_URL is not set)');

const bucket = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::orders/*'] } as const;
const USE = 'the simulated AWS does not tell what was used';
const policy: PolicyTarget = { kind: 'policy', statements: [bucket] };
const group: AwsIamTarget = { kind: 'group', group: 'deployers' };

const PAGES = 'moto answers all members at once. aws-iam-discover.test.ts has the pages';
const OWNER = 'an account of AWS has a number, which never changes';

if (moto) {
  testProviderContract('aws-iam, policy with an end', () => awsFixture(moto, policy), {
    standing: 'a policy that exists for one lease is separate from all other access',
    'target-deleted': 'the target is the statements themselves',
    'target-renamed': 'the target is the statements themselves',
    'target-recreated': 'the target is the statements themselves',
    owner: OWNER,
    pages: PAGES,
    use: USE,
    found: 'nobody else can have given a policy of this lease',
  });
  testLedgerAway('aws-iam, policy with an end', () => awsFixture(moto, policy));
  testLedgerAway('aws-iam, group', () => awsFixture(moto, group));
  testProviderContract('aws-iam, group', () => awsFixture(moto, group), {
    marks: 'a membership cannot carry a mark',
    owner: OWNER,
    pages: PAGES,
    use: USE,
    changed: 'a membership is there or not, and has nothing else to change',
  });
}

const whenMoto = moto ? describe : describe.skip;
whenMoto('a policy with an end on an IAM API', () => {
  const fixtures: AwsFixture[] = [];
  const open = async (target: AwsIamTarget): Promise<AwsFixture> => {
    const fixture = await awsFixture(moto ?? '', target);
    fixtures.push(fixture);
    return fixture;
  };
  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.stop?.();
  });
  const names = async (fixture: AwsFixture) =>
    ((await fixture.admin.send(new ListUserPoliciesCommand({ UserName: 'ana' }))).PolicyNames ?? []).filter(
      (name) => name !== 'curfew-by-hand',
    );

  test('the document at IAM allows access until one second before the end, and none at the end (I3)', async () => {
    const fixture = await open(policy);
    const intent = await intentFor(fixture);
    await fixture.provider.ensurePresent(intent, neverAborts);
    const [PolicyName] = await names(fixture);
    const got = await fixture.admin.send(new GetUserPolicyCommand({ UserName: 'ana', PolicyName }));
    const document = readDocument(got.PolicyDocument ?? '') as Document;
    const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/7' };
    expect(allows(document, { ...call, at: intent.endsAt - 1_000 })).toBe(true);
    expect(allows(document, { ...call, at: intent.endsAt })).toBe(false);
  });

  test('an extension writes the new end before it deletes the old one (F26), and a revoke deletes every end', async () => {
    const fixture = await open(policy);
    const intent = await intentFor(fixture);
    const later = { ...intent, endsAt: (intent.endsAt + 3_600_000) as Instant };
    await fixture.provider.ensurePresent(intent, neverAborts);
    await fixture.provider.ensurePresent(later, neverAborts);
    expect(await names(fixture)).toEqual([policyName(intent.lease, later.endsAt)]);
    const writes = fixture.proxy.calls.map(({ body }) => new URLSearchParams(body).get('Action') ?? '');
    expect(writes.filter((action) => /^(Put|Delete)/.test(action))).toEqual([
      'PutUserPolicy',
      'PutUserPolicy',
      'DeleteUserPolicy',
    ]);
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    expect(await names(fixture)).toEqual([]);
  });

  test('a lease whose id is a prefix of another lease’s id is a different lease', async () => {
    const fixture = await open(policy);
    const ten = await intentFor(fixture);
    const [one, two] = [`${ten.lease.slice(0, -1)}1`, `${ten.lease.slice(0, -1)}10`].map((text) => {
      const lease = parseLeaseId(text);
      if (!lease.ok) throw new Error(lease.error);
      return { ...ten, lease: lease.value };
    });
    if (!one || !two) throw new Error('two leases are needed');
    await fixture.provider.ensurePresent(one, neverAborts);
    await fixture.provider.ensurePresent(two, neverAborts);
    await fixture.provider.ensureAbsent(revoking(one), neverAborts);
    expect(await names(fixture)).toEqual([policyName(two.lease, two.endsAt)]);
  });

  test('a policy that does not fit is refused before any write', async () => {
    const fixture = await open(policy);
    const filler = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(1_700)}` };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [filler] }, undefined, 4);
    await fixture.admin.send(
      new PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'big', PolicyDocument }),
    );
    const fault = await faultOf(fixture.provider.ensurePresent(await intentFor(fixture), neverAborts));
    expect([fault.code, fault.retry]).toEqual(['no-room', false]);
    expect(await names(fixture)).toEqual(['big']);
  });

  test('a later end whose policy does not fit beside the old one is refused, and the old end stays', async () => {
    const fixture = await open(policy);
    const intent = await intentFor(fixture);
    await fixture.provider.ensurePresent(intent, neverAborts);
    const filler = { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(1_600)}` };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [filler] });
    await fixture.admin.send(
      new PutUserPolicyCommand({ UserName: 'ana', PolicyName: 'big', PolicyDocument }),
    );
    const later = { ...intent, endsAt: (intent.endsAt + 3_600_000) as Instant };
    const fault = await faultOf(fixture.provider.moveEnd?.(later, neverAborts) ?? Promise.resolve());
    expect([fault.code, fault.retry]).toEqual(['no-room', false]);
    expect([...(await names(fixture))].sort()).toEqual(
      ['big', policyName(intent.lease, intent.endsAt)].sort(),
    );
  });

  test('a user that is created again during the write keeps no access from Curfew (F24)', async () => {
    const fixture = await open(policy);
    const intent = await intentFor(fixture);
    const recreate = async () => fixture.vendor.recreateAccount?.();
    fixture.proxy.arm({
      when: ({ body }) => body.includes('Action=PutUserPolicy'),
      act: { kind: 'hold', until: recreate },
    });
    const outcome = await faultOf(fixture.provider.ensurePresent(intent, neverAborts));
    expect(outcome.code).toBe('subject-changed');
    expect(await fixture.vendor.level(intent)).toBe('none');
  });

  test('a user who takes the name during the write keeps no membership from Curfew (F24)', async () => {
    const fixture = await open(group);
    const intent = await intentFor(fixture);
    fixture.proxy.arm({
      when: ({ body }) => body.includes('Action=AddUserToGroup'),
      act: { kind: 'hold', until: async () => fixture.vendor.recreateAccount?.() },
    });
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe('subject-changed');
    const left = await fixture.admin.send(new ListGroupsForUserCommand({ UserName: 'ana' }));
    expect(left.Groups?.map(({ GroupName }) => GroupName)).not.toContain('deployers');
  });

  test('a credential for another account does not verify a revoke', async () => {
    const fixture = await open({ ...policy, account: '000000000001' });
    const intent = { ...(await intentFor({ ...fixture, target: policy })), target: fixture.target };
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe(
      'provider-forbidden',
    );
    expect((await faultOf(fixture.provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe(
      'provider-forbidden',
    );
    const elsewhere = { ...revoking(intent), subject: { id: 'AIDAELSEWHERE', name: 'nobody-here' } };
    expect((await faultOf(fixture.provider.ensureAbsent(elsewhere, neverAborts))).code).toBe(
      'provider-forbidden',
    );
  });

  test.each<[what: string, target: AwsIamTarget, write: string]>([
    ['policy', policy, 'DeleteUserPolicy'],
    ['group', group, 'RemoveUserFromGroup'],
  ])(
    'a user renamed during a revoke (%s): there is no receipt, and the next attempt revokes the access (F24)',
    async (_what, target, write) => {
      const fixture = await open(target);
      const intent = await intentFor(fixture);
      await fixture.provider.ensurePresent(intent, neverAborts);
      fixture.proxy.arm({
        when: ({ body }) => body.includes(`Action=${write}`),
        act: { kind: 'hold', until: async () => fixture.vendor.renameAccount?.() },
      });
      expect((await faultOf(fixture.provider.ensureAbsent(revoking(intent), neverAborts))).code).toBe(
        'not-verified',
      );
      expect(await fixture.vendor.level(intent)).toBe(intent.level);
      await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
      expect(await fixture.vendor.level(intent)).toBe('none');
    },
  );

  test('a group with an id in the target: when renamed, it is refused for a grant and followed for a revoke (F32)', async () => {
    const fixture = await open(group);
    const made = await fixture.admin.send(new GetGroupCommand({ GroupName: 'deployers' }));
    const target = { kind: 'group', group: 'deployers', id: made.Group?.GroupId ?? '' } as const;
    const intent = { ...(await intentFor(fixture)), target };
    await fixture.provider.ensurePresent(intent, neverAborts);
    await fixture.admin.send(new UpdateGroupCommand({ GroupName: 'deployers', NewGroupName: 'shippers' }));
    await fixture.admin.send(new CreateGroupCommand({ GroupName: 'deployers' }));
    await fixture.admin.send(new AddUserToGroupCommand({ UserName: 'ana', GroupName: 'deployers' }));
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe('target-missing');
    await fixture.provider.ensureAbsent(revoking(intent), neverAborts);
    const left = await fixture.admin.send(new ListGroupsForUserCommand({ UserName: 'ana' }));
    expect(left.Groups?.map(({ GroupName }) => GroupName).sort()).toEqual(['deployers', 'readers']);
  });

  test.each<[what: string, answer: Parameters<AwsFixture['proxy']['arm']>[0]['act'], code: string]>([
    ['access denied', { kind: 'answer', answer: error(403, 'AccessDenied') }, 'provider-forbidden'],
    [
      'a deleted key (F33)',
      { kind: 'answer', answer: error(403, 'InvalidClientTokenId') },
      'provider-forbidden',
    ],
    ['an expired token', { kind: 'answer', answer: error(403, 'ExpiredToken') }, 'provider-forbidden'],
    ['the quota', { kind: 'answer', answer: error(409, 'LimitExceeded') }, 'no-room'],
    [
      'another write at the same time',
      { kind: 'answer', answer: error(409, 'ConcurrentModification') },
      'provider-unavailable',
    ],
    ['a bad document', { kind: 'answer', answer: error(400, 'MalformedPolicyDocument') }, 'provider-refused'],
    ['an unknown error code', { kind: 'answer', answer: error(400, 'constructor') }, 'provider-unavailable'],
    ['throttled without a wait', { kind: 'answer', answer: error(400, 'Throttling') }, 'provider-throttled'],
    [
      '429 from a gateway',
      { kind: 'answer', answer: { status: 429, body: 'slow down' } },
      'provider-throttled',
    ],
    ['a 500', { kind: 'answer', answer: error(500, 'ServiceFailure') }, 'provider-unavailable'],
    [
      'an HTML page with 502',
      { kind: 'answer', answer: { status: 502, body: '<html>bad gateway</html>' } },
      'provider-unavailable',
    ],
    [
      'an HTML page with 200',
      { kind: 'answer', answer: { status: 200, body: '<html>log in</html>' } },
      'provider-unavailable',
    ],
    [
      'an HTML page with 403',
      { kind: 'answer', answer: { status: 403, body: '<html>no</html>' } },
      'provider-unavailable',
    ],
    ['a closed connection', { kind: 'drop-before' }, 'provider-unavailable'],
  ])('%s has its own fault code (F11, F12)', async (_what, act, code) => {
    const fixture = await open(policy);
    const intent = await intentFor(fixture);
    fixture.proxy.arm({ when: () => true, act });
    expect((await faultOf(fixture.provider.ensurePresent(intent, neverAborts))).code).toBe(code);
    expect((await faultOf(once(fixture, act, () => fixture.provider.listManaged(neverAborts)))).code).toBe(
      code,
    );
  });

  test('preflight of an IAM without policy simulation says that it could not find out', async () => {
    const asked = { targets: [policy, group], duty: 'grant' } as const;
    const { credentials } = await ownAccount(moto ?? '');
    const provider = awsIamProvider({ endpoint: moto ?? '', credentials });
    const { permissions } = await provider.preflight(asked, neverAborts);
    expect(permissions).toMatchObject([{ severity: 'unknown' }]);
    expect(permissions[0]?.what).toMatch(
      /^which permissions the credential has, because policy simulation of arn:aws:/,
    );
  });

  test('without a server at the address: provider-unavailable', async () => {
    const provider = awsIamProvider({
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    expect((await faultOf(provider.listManaged(neverAborts))).code).toBe('provider-unavailable');
  });
});

function once<T>(
  fixture: AwsFixture,
  act: Parameters<AwsFixture['proxy']['arm']>[0]['act'],
  call: () => Promise<T>,
) {
  fixture.proxy.arm({ when: () => true, act });
  return call();
}
