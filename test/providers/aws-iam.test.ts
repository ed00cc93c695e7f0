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
import fc from 'fast-check';
import { parseLeaseId, type Instant } from '../../core/ids.ts';
import { assertAccount } from '../../providers/aws-iam/user.ts';
import { awsIamProvider, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { documentFor, policyName, readDocument, readPolicyName } from '../../providers/aws-iam/policy.ts';
import { parseTarget, type PolicyTarget } from '../../providers/aws-iam/target.ts';
import { holds } from '../laws.fixture.ts';
import { awsFixture, error, type AwsFixture } from './aws-iam.fixture.ts';
import {
  faultOf,
  intentFor,
  testProviderContract,
  testRefusedTargets,
  newLease,
  revoking,
} from './conformance.fixture.ts';
import { allows, type Document } from './iam-evaluator.fixture.ts';

const moto = process.env['TEST_MOTO_URL'];
if (!moto) console.log('skipped: no simulated AWS (TEST_MOTO_URL is not set)');
const neverAborts = new AbortController().signal;

const bucket = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::orders/*'] } as const;
const policy: PolicyTarget = { kind: 'policy', statements: [bucket] };
const group: AwsIamTarget = { kind: 'group', group: 'deployers' };

if (moto) {
  testProviderContract('aws-iam, policy with an end', () => awsFixture(moto, policy), {
    standing: 'a policy that exists for one lease is separate from all other access',
    'target-deleted': 'the target is the statements themselves',
    'target-renamed': 'the target is the statements themselves',
  });
  testProviderContract('aws-iam, group', () => awsFixture(moto, group), {
    marks: 'a membership cannot carry a mark',
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

  test.each([
    [undefined, 'an account without a visible number'],
    ['000000000001', 'account 000000000001'],
  ])('a credential that shows the account %s is not one for another account', (seen, shown) => {
    expect(() => assertAccount({ ...policy, account: '123456789012' }, seen)).toThrow(
      `provider-forbidden: aws-iam: Curfew's credential is for ${shown}, not for account 123456789012`,
    );
    expect(() => assertAccount(policy, seen)).not.toThrow();
    expect(() => assertAccount({ ...policy, account: '123456789012' }, '123456789012')).not.toThrow();
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

  test('preflight names permissions that the credential does not need', async () => {
    const fixture = await open(policy);
    const { ok, excess } = await fixture.provider.preflight(neverAborts);
    expect([ok, excess]).toEqual([
      true,
      ['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:AttachUserPolicy'],
    ]);
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

describe('the policy documents', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:*', 'sqs:Send*', '*');
  const resource = fc.constantFrom('*', 'arn:aws:s3:::orders/*', 'arn:aws:s3:::orders/?');
  const condition = fc.constantFrom(
    undefined,
    { DateGreaterThan: { 'aws:CurrentTime': ['2020-01-01T00:00:00Z'] } },
    { DateLessThanEquals: { 'aws:CurrentTime': ['2190-01-01T00:00:00Z'] } },
    { DateLessThan: { 'aws:TokenIssueTime': ['2190-01-01T00:00:00Z'] } },
    { DateLessThan: { 'aws:TokenIssueTime': ['2020-01-01T00:00:00Z'] } },
    { DateLessThanIfExists: { 'aws:CurrentTime': ['2190-01-01T00:00:00Z'] } },
    {
      StringEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] },
      Bool: { 'aws:SecureTransport': 'true' },
    },
  );
  const statement = fc
    .record({
      Action: fc.array(action, { minLength: 1, maxLength: 3 }),
      Resource: fc.array(resource, { minLength: 1, maxLength: 2 }),
      Condition: condition,
    })
    .map(({ Condition, ...rest }) => ({ Effect: 'Allow', ...rest, ...(Condition && { Condition }) }));
  const target = fc.array(statement, { minLength: 1, maxLength: 4 }).map((statements) => {
    const parsed = parseTarget({ kind: 'policy', statements });
    if (!parsed.ok || parsed.value.kind !== 'policy') throw new Error(JSON.stringify(parsed));
    return { statements, target: parsed.value };
  });
  const end = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2180, 0, 1) });
  const context = {
    'aws:tokenissuetime': '2024-01-01T00:00:00Z',
    'aws:requestedregion': 'eu-west-1',
    'aws:securetransport': 'true',
  };

  holds(
    'allow exactly what the target allows until a second before the end, and nothing from the end on',
    fc.tuple(target, end, fc.nat(10_000_000)),
    ([{ statements, target }, end, after]) => {
      const document = documentFor(target.statements, end as Instant);
      const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/7', context };
      const source = { Version: '2012-10-17', Statement: statements };
      const before = { ...call, at: end - 1_000 };
      expect(allows(document, before)).toBe(allows(source, before));
      expect(allows(document, { ...call, at: end })).toBe(false);
      expect(allows(document, { ...call, at: end + after })).toBe(false);
    },
  );

  holds('the policy’s name contains the lease and the end, to the second', end, (end) => {
    const lease = newLease();
    const name = policyName(lease, end as Instant);
    expect(name).toMatch(/^[\w+=,.@-]{1,128}$/);
    expect(readPolicyName(name)).toEqual({ lease, endsAt: end - (end % 1_000) });
  });

  test.each([
    'curfew-by-hand',
    'curfew-lease_x_0-20270102T120000Z',
    `curfew-${newLease()}-20271302T990000Z`,
    '',
  ])('the name "%s" is not a policy of Curfew', (name) => expect(readPolicyName(name)).toBeUndefined());
});

describe('aws-iam targets', () => {
  const provider = () => awsIamProvider({ endpoint: 'http://127.0.0.1:1' });
  const policyWith = (over: object) => ({ kind: 'policy', statements: [{ ...bucket, ...over }] });
  const policyWithDate = (operator: string, key: string) =>
    policyWith({ Condition: { [operator]: { [key]: '2030-01-01T00:00:00Z' } } });

  testRefusedTargets(provider, [
    ['an unknown kind', { kind: 'role' }, '"kind"'],
    ['a misspelt field of a policy', { ...policy, acount: '123456789012' }, '"acount"'],
    ['a misspelt field of a group', { ...group, acount: '123456789012' }, '"acount"'],
    ["a group's field in a policy", { ...policy, group: 'deployers' }, '"group"'],
    ["a policy's field in a group", { ...group, statements: [] }, '"statements"'],
    ['a huge field with line breaks', { ...group, ['x\n'.repeat(1e5)]: 1 }, 'field'],
    ['an account that is a number', { ...policy, account: 123456789012 }, '"account"'],
    ['no group', { kind: 'group' }, '"group"'],
    ['a hostile group', { kind: 'group', group: '../x&Action=DeleteUser' }, '"group"'],
    ['a group id that is a name', { ...group, id: 'deployers' }, '"id"'],
    ['a huge group', { kind: 'group', group: 'g'.repeat(1e6) }, '"group"'],
    ['no statements', { kind: 'policy', statements: [] }, '"statements"'],
    ['too many statements', { kind: 'policy', statements: Array(11).fill(bucket) }, '"statements"'],
    ['a statement that is a string', { kind: 'policy', statements: ['all'] }, '"statements[0]"'],
    [
      'statements that never fit',
      { kind: 'policy', statements: [{ ...bucket, Resource: Array(9).fill(`arn:${'x'.repeat(900)}`) }] },
      '"statements"',
    ],
    ['Deny, which would also end', policyWith({ Effect: 'Deny' }), 'Effect'],
    ['NotAction', policyWith({ NotAction: 's3:*' }), '"NotAction"'],
    ['NotResource', policyWith({ NotResource: '*' }), '"NotResource"'],
    ['Principal', policyWith({ Principal: '*' }), '"Principal"'],
    ['a field in the wrong case', policyWith({ condition: {} }), '"condition"'],
    [
      'a prototype field',
      { kind: 'policy', statements: [JSON.parse('{"__proto__": 1, "Effect": "Allow"}')] },
      '"__proto__"',
    ],
    ['an action without a service', policyWith({ Action: 'GetObject' }), 'Action'],
    ['no action', policyWith({ Action: [] }), 'Action'],
    ['an action of the wrong type', policyWith({ Action: [7] }), 'Action'],
    ['a resource that is no ARN', policyWith({ Resource: 'orders' }), 'Resource'],
    ['a line break in a resource', policyWith({ Resource: 'arn:aws:s3:::a\nb' }), 'Resource'],
    ['an unknown operator', policyWithDate('DateBefore', 'aws:CurrentTime'), 'Condition'],
    [
      'a prototype operator',
      policyWith({ Condition: JSON.parse('{"__proto__": {"a:b": "c"}}') }),
      'Condition',
    ],
    ['a condition without keys', policyWith({ Condition: { Bool: {} } }), 'Bool'],
    ['a second date', policyWithDate('DateLessThan', 'aws:CurrentTime'), 'aws:CurrentTime'],
    ['a second date in another case', policyWithDate('DateLessThan', 'AWS:currenttime'), 'aws:CurrentTime'],
  ]);

  test('two ways to write one target give one target', () => {
    const keyOf = (json: unknown) => {
      const parsed = provider().parseTarget(json);
      return parsed.ok ? provider().targetKey(parsed.value) : parsed.error;
    };
    const original = {
      Bool: { 'aws:SecureTransport': 'true' },
      StringEquals: { 's3:prefix': ['a'], 's3:delimiter': '/' },
    };
    const reordered = {
      StringEquals: { 's3:delimiter': ['/'], 's3:prefix': 'a' },
      Bool: { 'aws:SecureTransport': ['true'] },
    };
    expect(keyOf(policyWith({ Condition: original, Action: 's3:GetObject', Sid: 'x' }))).toBe(
      keyOf(policyWith({ Condition: reordered })),
    );
  });

  test('the card names the ways to keep access and the sessions that continue after the end', () => {
    const riskyTarget = { ...policy, statements: [{ ...bucket, Action: ['iam:*AccessKey', 'sts:Assume*'] }] };
    const { permissions } = provider().describe(riskyTarget);
    expect(permissions).toEqual([
      'caution: iam:CreateAccessKey is allowed: the person can create access keys that stay valid after the end',
      "caution: sts:AssumeRole is allowed: the person can open a role's session, which continues after the end for up to 12 h",
      expect.stringContaining('caution: sts:AssumeRoot is allowed'),
      'iam:*AccessKey, sts:Assume* on arn:aws:s3:::orders/*',
    ]);
    expect(provider().residualSessionMs(riskyTarget)).toBe(12 * 3_600_000);
    expect(provider().residualSessionMs(policy)).toBe(0);
    const shell = { ...policy, statements: [{ ...bucket, Action: ['ssm:Start*'] }] };
    expect(provider().describe(shell).permissions[0]).toBe(
      'caution: ssm:StartSession is allowed: the person can open a shell or a tunnel, which continues after the end for as long as it stays open',
    );
    expect(provider().residualSessionMs(shell)).toBe(Infinity);
    expect(provider().residualSessionMs(group)).toBe(Infinity);
  });
});
