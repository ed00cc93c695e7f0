import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { leaseIdOf, requestIdOf, clickIdOf } from '../../core/ids.ts';
import type { IamAccount } from '../../providers/aws-iam/account.ts';
import { CREDENTIAL_LISTS } from '../../providers/aws-iam/credentials.ts';
import { planOf } from '../../providers/aws-iam/leftover-plan.ts';
import { findLeftovers } from '../../providers/aws-iam/leftovers.ts';
import { requestedAt } from '../../providers/aws-iam/request-time.ts';
import { lease, instantOf } from './aws-iam-lease.fixture.ts';
import { ana, DEPLOYERS, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const REQUESTED = requestedAt(lease);
/** What was made in the five minutes before the request is named too: another machine's clock says when that was. */
const SINCE = REQUESTED - 300_000;
const before = SINCE - 1_000;
const during = REQUESTED + 60_000;
const BY = 'IAM does not say who made it.';
const group = { kind: 'group', group: 'deployers' } as const;
const policyOf = (...Action: readonly string[]) =>
  ({ kind: 'policy', statements: [{ Effect: 'Allow', Action, Resource: ['*'] }] }) as const;
const user = { id: 'AIDA1', name: 'ana' };
const ROLE = {
  id: 'AROA1',
  name: 'deploy',
  arn: 'arn:deploy',
  createdAt: 0,
  trust: '',
  boundary: undefined,
  documents: [],
  attached: [],
};
const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');

describe('the time of a request', () => {
  test('is looked at from five minutes earlier, because the clock of the gateway may be ahead of the one of AWS', async () => {
    const key = { what: 'the access key AKIA1', at: REQUESTED - 240_000, isActive: true };
    const { api } = memoryIam([ana({ credentials: { ListAccessKeys: [key] } })], {}, [], {
      roles: [{ ...ROLE, name: 'new', createdAt: REQUESTED - 240_000 }],
    });
    const note = await findLeftovers(api, { lease, target: group, user }, neverAborts);
    expect(note).toContain(`May outlive the lease: the access key AKIA1 (${iso(key.at)}); the role new (`);
  });

  test('is in the id of its lease, to the second', () => {
    expect(requestedAt(lease)).toBe(instantOf('2026-11-27T10:00:00Z'));
    expect(requestedAt(leaseIdOf(requestIdOf(clickIdOf('0196b3f2-1a2b-7fff-bfff-ffffffffffff')), 12))).toBe(
      Math.floor(0x0196b3f21a2b / 1_000) * 1_000,
    );
  });

  test('is 0 for an id that has no time, so that everything is named', () =>
    expect(requestedAt(leaseIdOf(requestIdOf(clickIdOf('0196b3f2-1a2b-4fff-bfff-ffffffffffff')), 0))).toBe(
      0,
    ));
});

const OTHERS = 'credentials of other users';
const SHARED = 'what was shared by policies of resources, grants and copies';
const ALL = [
  OTHERS,
  'policies and groups of other users',
  'permissions boundaries that were changed',
  'policies of groups, and policies and trust of roles, that were there before',
  'identity providers',
  'MFA devices that were deactivated',
  'keys, users and passwords of other services',
  'code that runs as a role',
  SHARED,
];
const UNSEEN = `After the end, Curfew does not look for: ${ALL.join('; ')}.`;

describe('what a revoke looks for is what the lease can have made (T33)', () => {
  const nothing = { lists: [], changeable: [], account: false, unseen: [] };
  const changeable = CREDENTIAL_LISTS.slice(0, 5);
  const everything = { lists: CREDENTIAL_LISTS, changeable, account: true, unseen: ALL };
  const listed = (list: string, ...unseen: readonly string[]) => ({
    ...nothing,
    lists: [list],
    unseen: [OTHERS, ...unseen],
  });

  test.each([
    ['a read', ['s3:GetObject'], nothing],
    ['a shared bucket', ['s3:PutBucketPolicy'], { ...nothing, unseen: [SHARED] }],
    ['access keys', ['iam:CreateAccessKey'], listed('ListAccessKeys')],
    [
      'keys that can be made active again',
      ['iam:UpdateAccessKey'],
      { ...listed('ListAccessKeys'), changeable: ['ListAccessKeys'] },
    ],
    ['passwords', ['iam:*LoginProfile'], { ...listed('GetLoginProfile'), changeable: ['GetLoginProfile'] }],
    [
      'the own password',
      ['iam:ChangePassword'],
      { ...nothing, lists: ['GetLoginProfile'], changeable: ['GetLoginProfile'] },
    ],
    [
      'service credentials',
      ['iam:CreateServiceSpecificCredential'],
      listed('ListServiceSpecificCredentials'),
    ],
    ['SSH keys', ['iam:UploadSSHPublicKey'], listed('ListSSHPublicKeys')],
    ['certificates', ['iam:UploadSigningCertificate'], listed('ListSigningCertificates')],
    ['MFA devices', ['iam:EnableMFADevice'], listed('ListMFADevices')],
    [
      'MFA devices that can be deactivated',
      ['iam:DeactivateMFADevice'],
      listed('ListMFADevices', 'MFA devices that were deactivated'),
    ],
    ['users', ['iam:CreateUser'], { ...nothing, account: true, unseen: [OTHERS] }],
    [
      'users of another service',
      ['transfer:CreateUser'],
      { ...nothing, unseen: ['keys, users and passwords of other services'] },
    ],
    ['permissions', ['iam:PutUserPolicy'], everything],
    ['roles', ['iam:CreateRole'], everything],
    ['the trust of roles', ['iam:UpdateAssumeRolePolicy'], everything],
    ['another version of a policy', ['iam:SetDefaultPolicyVersion'], everything],
    ['a role that can be passed', ['iam:PassRole'], everything],
    ["code with a role's permissions", ['lambda:UpdateFunctionCode'], everything],
    ["a role's session", ['sts:AssumeRole'], everything],
    ['credentials of a role', ['datazone:GetEnvironmentCredentials'], everything],
    ['a shell on a machine, which has a role', ['ssm:StartSession'], everything],
    ['a notebook, which has a role', ['sagemaker:CreatePresignedDomainUrl'], everything],
    ["a database's session", ['rds-db:connect'], nothing],
    ['everything', ['*'], everything],
  ])('%s', (_what, actions, plan) => expect(planOf(policyOf(...actions))).toEqual(plan));

  test('everything, after membership in a group', () => expect(planOf(group)).toEqual(everything));

  test("and not credentials of others, where the statements are about the person's own user", () => {
    const own = (...Resource: readonly string[]) =>
      planOf({
        kind: 'policy',
        statements: [{ Effect: 'Allow', Action: ['iam:CreateAccessKey'], Resource }],
      }).unseen;
    const mine = 'arn:aws:iam::123456789012:user/${aws:username}';
    expect(own(mine)).toEqual([]);
    expect(own(mine, 'arn:aws:iam::123456789012:user/bo')).toEqual([OTHERS]);
  });

  test('a read costs no request', async () => {
    const { api, calls } = memoryIam([ana()]);
    expect(
      await findLeftovers(api, { lease, target: policyOf('s3:GetObject'), user }, neverAborts),
    ).toBeUndefined();
    expect(calls).toEqual([]);
  });

  test('membership in a group costs seven requests', async () => {
    const { api, calls } = memoryIam([ana()]);
    await findLeftovers(api, { lease, target: group, user }, neverAborts);
    expect(calls).toEqual([
      ...CREDENTIAL_LISTS.map((list) => `credentials ${list} ana`),
      'account User,Group,Role,LocalManagedPolicy',
    ]);
  });
});

describe('the receipt of a revoke names what may let the person come in again (T33)', () => {
  const left = (
    of: Partial<ReturnType<typeof ana>>,
    rest: Partial<IamAccount> = {},
    overrides: Parameters<typeof memoryIam>[1] = {},
    since = lease,
  ) =>
    findLeftovers(
      memoryIam([ana(of)], overrides, [DEPLOYERS], rest).api,
      { lease: since, target: group, user },
      neverAborts,
    );

  test.each([
    ['ListAccessKeys', 'the access key AKIA1'],
    ['GetLoginProfile', 'a password for the console'],
    ['ListServiceSpecificCredentials', 'a credential for codecommit.amazonaws.com (ACCA1)'],
    ['ListSSHPublicKeys', 'the SSH key APKA1'],
    ['ListSigningCertificates', 'the signing certificate C1'],
    ['ListMFADevices', 'the MFA device arn:mfa'],
  ] as const)('%s: one that was made since the request, and not an older one', async (list, what) => {
    const at = (time: number | undefined, isActive = true) =>
      left({ credentials: { [list]: [{ what, at: time, isActive }] } });
    expect(await at(during)).toBe(`May outlive the lease: ${what} (${iso(during)}). ${BY} ${UNSEEN}`);
    expect(await at(during, false)).toContain(what);
    expect(await at(SINCE)).toContain(`May outlive the lease: ${what}`);
    expect(await at(REQUESTED)).toContain(what);
    expect(await at(undefined)).toContain(what);
    expect(await at(before, false)).toBe(UNSEEN);
    expect(await at(before)).toBe(
      list === 'ListMFADevices'
        ? UNSEEN
        : `Older than the request, and perhaps changed or made active again: ${what}. IAM has no date for that. ${UNSEEN}`,
    );
  });

  test('an older key is not named when the lease cannot have changed it', async () => {
    const { api } = memoryIam([
      ana({
        credentials: { ListAccessKeys: [{ what: 'the access key AKIA1', at: before, isActive: true }] },
      }),
    ]);
    const target = policyOf('iam:CreateAccessKey');
    expect(await findLeftovers(api, { lease, target, user }, neverAborts)).toBe(
      'After the end, Curfew does not look for: credentials of other users.',
    );
  });

  const made = (name: string, createdAt: number | undefined) => ({
    ...ROLE,
    id: name,
    name,
    arn: `arn:${name}`,
    createdAt,
  });

  test('roles, users and managed policies that were made or changed since the request', async () => {
    const eve = { ...made('eve', during), boundary: undefined, policies: [], attached: [], groups: [] };
    const roles = [made('new', during), made('old', before), made('undated', undefined)];
    const policies = [
      { arn: 'arn:new', changedAt: during, document: '', isNewest: true },
      { arn: 'arn:old', changedAt: before, document: '', isNewest: true },
    ];
    const groups = [made('admins', during), made('readers', before)];
    const users = [eve, { ...eve, name: 'bo', createdAt: before }];
    expect(await left({}, { users, groups, roles, policies })).toBe(
      `May outlive the lease: the user eve (${iso(during)}); the group admins (${iso(during)}); the role new (${iso(during)}); the managed policy arn:new (${iso(during)}). ${BY} ${UNSEEN}`,
    );
  });

  test('policies and groups of the user, without a date, and without those of leases', async () => {
    const policies = { [`curfew-${lease}-20270102T120000Z`]: '{}', mine: '{}' };
    expect(await left({ policies, attached: ['Admin'], groups: [DEPLOYERS] })).toBe(
      `May outlive the lease: ana has the inline policies mine, the managed policies Admin, membership in deployers (since when is unknown). ${BY} ${UNSEEN}`,
    );
  });

  test('roles whose trust names the user, without a date', async () => {
    const trust = (AWS: unknown) =>
      encodeURIComponent(JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS } }] }));
    const roles = [
      { ...made('deploy', before), trust: trust(['arn:x', 'arn:aws:iam::123456789012:user/ana']) },
      { ...made('audit', before), trust: trust('AIDA1') },
      { ...made('other', before), trust: trust('arn:aws:iam::123456789012:user/anabel') },
      { ...made('broken', before), trust: '%' },
    ];
    expect(await left({}, { roles })).toBe(
      `May outlive the lease: ana has the trust of the roles deploy, audit (since when is unknown). ${BY} ${UNSEEN}`,
    );
  });

  test('a managed policy of which an older version applies, because IAM has no date for the change', async () => {
    const old = { arn: 'arn:old', changedAt: before, document: '', isNewest: false };
    expect(await left({}, { policies: [old] })).toBe(
      `Older than the request, and perhaps changed or made active again: the managed policy arn:old, of which an older version applies. IAM has no date for that. ${UNSEEN}`,
    );
    const changed = await left({}, { policies: [{ ...old, changedAt: during }] });
    expect(changed).toBe(
      `May outlive the lease: the managed policy arn:old (${iso(during)}). ${BY} ${UNSEEN}`,
    );
  });

  test('at most ten things, and how many more there are', async () => {
    const roles = Array.from({ length: 12 }, (_, index) => made(`r${index}`, during));
    const note = await left({ attached: roles.map(({ name }) => name) }, { roles });
    expect(note).toContain(`the role r9 (${iso(during)}); 3 more. ${BY}`);
    expect(note).not.toContain('r10');
    expect(await left({ attached: roles.map(({ name }) => name) })).toContain(
      'the managed policies r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, 2 more (since',
    );
  });

  test('what cannot be read, and nothing waits for it', async () => {
    const credentials = (list: string) =>
      list === 'ListSSHPublicKeys'
        ? Promise.reject(new Fault('provider-forbidden', 'denied'))
        : Promise.resolve([]);
    const account = () => Promise.reject(new Fault('provider-throttled', 'slow'));
    expect(await left({}, {}, { credentials, account })).toBe(
      'Not looked for, because it could not be read: iam:ListSSHPublicKeys (provider-forbidden), iam:GetAccountAuthorizationDetails (provider-throttled). ' +
        UNSEEN,
    );
  });

  test('what Curfew does not look for, such as what was shared', async () => {
    const target = policyOf('kms:CreateGrant');
    expect(await findLeftovers(memoryIam([ana()]).api, { lease, target, user }, neverAborts)).toBe(
      `After the end, Curfew does not look for: ${SHARED}.`,
    );
  });

  test('also when the user was deleted', async () => {
    const { api, calls } = memoryIam([], {}, [], { roles: [made('new', during)] });
    expect(await findLeftovers(api, { lease, target: group, user: undefined }, neverAborts)).toBe(
      `May outlive the lease: the role new (${iso(during)}). ${BY} ${UNSEEN}`,
    );
    expect(calls).toEqual(['account User,Group,Role,LocalManagedPolicy']);
  });

  test('only what Curfew does not look for, when nothing was made', async () =>
    expect(await left({})).toBe(UNSEEN));
});
