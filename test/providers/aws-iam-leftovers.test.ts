import { describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import { leaseIdOf, requestIdOf, clickIdOf } from '../../core/ids.ts';
import type { IamAccount } from '../../providers/aws-iam/account.ts';
import { CREDENTIAL_LISTS } from '../../providers/aws-iam/credentials.ts';
import { findLeftovers, planOf, requestedAt } from '../../providers/aws-iam/leftovers.ts';
import { lease, instantOf } from './aws-iam-lease.fixture.ts';
import { ana, DEPLOYERS, memoryIam } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const REQUESTED = requestedAt(lease);
const before = REQUESTED - 1_000;
const during = REQUESTED + 60_000;
const BY = 'IAM does not say who made it.';
const group = { kind: 'group', group: 'deployers' } as const;
const policyOf = (...Action: readonly string[]) =>
  ({ kind: 'policy', statements: [{ Effect: 'Allow', Action, Resource: ['*'] }] }) as const;
const user = { id: 'AIDA1', name: 'ana' };
const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');

describe('the time of a request', () => {
  test('is in the id of its lease, to the second', () => {
    expect(requestedAt(lease)).toBe(instantOf('2026-11-27T10:00:00Z'));
    expect(requestedAt(leaseIdOf(requestIdOf(clickIdOf('0196b3f2-1a2b-7fff-bfff-ffffffffffff')), 12))).toBe(
      Math.floor(0x0196b3f21a2b / 1_000) * 1_000,
    );
  });

  test('is the beginning of time for an id of another version, so that everything counts', () =>
    expect(requestedAt(leaseIdOf(requestIdOf(clickIdOf('0196b3f2-1a2b-4fff-bfff-ffffffffffff')), 0))).toBe(
      0,
    ));
});

describe('what a revoke looks for is what the lease can have made (T33)', () => {
  const nothing = { lists: [], account: false, sharing: false };
  const everything = { lists: CREDENTIAL_LISTS, account: true, sharing: false };

  test.each([
    ['a read', ['s3:GetObject'], nothing],
    ['a shared bucket', ['s3:PutBucketPolicy'], { ...nothing, sharing: true }],
    ['access keys', ['iam:CreateAccessKey'], { ...nothing, lists: ['ListAccessKeys'] }],
    ['passwords', ['iam:*LoginProfile'], { ...nothing, lists: ['GetLoginProfile'] }],
    ['the own password', ['iam:ChangePassword'], { ...nothing, lists: ['GetLoginProfile'] }],
    [
      'service credentials',
      ['iam:CreateServiceSpecificCredential'],
      { ...nothing, lists: ['ListServiceSpecificCredentials'] },
    ],
    ['SSH keys', ['iam:UploadSSHPublicKey'], { ...nothing, lists: ['ListSSHPublicKeys'] }],
    ['certificates', ['iam:UploadSigningCertificate'], { ...nothing, lists: ['ListSigningCertificates'] }],
    ['MFA devices', ['iam:EnableMFADevice'], { ...nothing, lists: ['ListMFADevices'] }],
    ['users', ['iam:CreateUser'], { ...nothing, account: true }],
    ['users of another service', ['transfer:CreateUser'], nothing],
    ['permissions', ['iam:PutUserPolicy'], everything],
    ['roles', ['iam:CreateRole'], everything],
    ['a role that can be passed', ['iam:PassRole'], everything],
    ["code with a role's permissions", ['lambda:UpdateFunctionCode'], everything],
    ["a role's session", ['sts:AssumeRole'], everything],
    ['everything', ['*'], { ...everything, sharing: true }],
  ])('%s', (_what, actions, plan) => expect(planOf(policyOf(...actions))).toEqual(plan));

  test('everything, after membership in a group', () =>
    expect(planOf(group)).toEqual({ ...everything, sharing: true }));

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
      'account User,Role,LocalManagedPolicy',
    ]);
  });
});

describe('the receipt of a revoke names what may let the person come in again (T33)', () => {
  const left = (
    of: Partial<ReturnType<typeof ana>>,
    rest: Partial<IamAccount> = {},
    overrides: Parameters<typeof memoryIam>[1] = {},
  ) =>
    findLeftovers(
      memoryIam([ana(of)], overrides, [DEPLOYERS], rest).api,
      { lease, target: group, user },
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
    expect(await left({ credentials: { [list]: [{ what, at: during }] } })).toBe(
      `May outlive the lease: ${what} (${iso(during)}). ${BY}`,
    );
    expect(await left({ credentials: { [list]: [{ what, at: REQUESTED }] } })).toContain(what);
    expect(await left({ credentials: { [list]: [{ what, at: undefined }] } })).toContain(what);
    expect(await left({ credentials: { [list]: [{ what, at: before }] } })).toBeUndefined();
  });

  const made = (name: string, createdAt: number | undefined) => ({
    id: name,
    name,
    arn: `arn:${name}`,
    createdAt,
  });

  test('roles, users and managed policies that were made or changed since the request', async () => {
    const eve = { ...made('eve', during), boundary: undefined, policies: [], attached: [], groups: [] };
    const roles = [made('new', during), made('old', before), made('undated', undefined)];
    const policies = [
      { arn: 'arn:new', changedAt: during, document: '' },
      { arn: 'arn:old', changedAt: before, document: '' },
    ];
    expect(await left({}, { users: [eve, { ...eve, name: 'bo', createdAt: before }], roles, policies })).toBe(
      `May outlive the lease: the user eve (${iso(during)}); the role new (${iso(during)}); the managed policy arn:new (${iso(during)}). ${BY}`,
    );
  });

  test('policies and groups of the user, without a date, and without those of leases', async () => {
    const policies = { [`curfew-${lease}-20270102T120000Z`]: '{}', mine: '{}' };
    expect(await left({ policies, attached: ['Admin'], groups: [DEPLOYERS] })).toBe(
      `May outlive the lease: ana has the inline policies mine, the managed policies Admin, membership in deployers (since when is unknown). ${BY}`,
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
      'Not looked for, because it could not be read: iam:ListSSHPublicKeys (provider-forbidden), iam:GetAccountAuthorizationDetails (provider-throttled).',
    );
  });

  test('that nobody looks for what was shared', async () => {
    const target = policyOf('kms:CreateGrant');
    expect(await findLeftovers(memoryIam([ana()]).api, { lease, target, user }, neverAborts)).toBe(
      'Curfew does not look for what was shared by policies of resources, grants and copies.',
    );
  });

  test('also when the user was deleted', async () => {
    const { api, calls } = memoryIam([], {}, [], { roles: [made('new', during)] });
    expect(await findLeftovers(api, { lease, target: group, user: undefined }, neverAborts)).toBe(
      `May outlive the lease: the role new (${iso(during)}). ${BY}`,
    );
    expect(calls).toEqual(['account User,Role,LocalManagedPolicy']);
  });

  test('but nothing when nothing was made', async () => expect(await left({})).toBeUndefined());
});
