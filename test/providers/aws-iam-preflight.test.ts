import { afterEach, describe, expect, test } from '@jest/globals';
import { Fault } from '../../core/faults.ts';
import type { AccountGroup, IamAccount } from '../../providers/aws-iam/account.ts';
import { awsIamProvider, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { preflight } from '../../providers/aws-iam/preflight.ts';
import type { PreflightApi } from '../../providers/aws-iam/simulation.ts';
import type { Duty } from '../../providers/provider.ts';
import { startAuthorizer, type Principal } from './aws-iam-authorizer.fixture.ts';
import type { Mixing } from './aws-iam-mixing.fixture.ts';
import {
  BOUNDARY,
  GRANTER,
  GRANTS,
  PAGE,
  REVOKER,
  REVOKES,
  without,
  withMore,
} from './aws-iam-docs.fixture.ts';
import { ACCOUNT, ana, DEPLOYERS, memoryIam } from './aws-iam-memory.fixture.ts';
import { serveIam } from './aws-iam-server.fixture.ts';
import type { Document } from './iam-evaluator.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const POLICY: AwsIamTarget = {
  kind: 'policy',
  statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'] }],
};
const GROUP: AwsIamTarget = { kind: 'group', group: 'deployers' };
const TARGETS = [POLICY, GROUP];
const READS = [
  'sts:GetCallerIdentity',
  'iam:GetRole',
  'iam:SimulatePrincipalPolicy',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
];
const USERS = `arn:aws:iam::${ACCOUNT}:user/*`;
const SELF = `arn:aws:iam::${ACCOUNT}:role/curfew-granter`;
const NOTE = `IAM simulated what ${SELF} may do. A simulation leaves out policies of sessions and of network endpoints, and conditions of the organization.`;

/** What the note says of a credential that may not read what was done with access. */
const USE_UNKNOWN = ['iam:GenerateServiceLastAccessedDetails', 'iam:GetServiceLastAccessedDetails'].map(
  (action) => `Without ${action}, the use of access is unknown.`,
);

const group = (over: Partial<AccountGroup> = {}): AccountGroup => ({
  ...DEPLOYERS,
  arn: `arn:aws:iam::${ACCOUNT}:group/deployers`,
  createdAt: 0,
  documents: [],
  attached: [],
  ...over,
});
const limited = (over: Parameters<typeof ana>[0] = {}) => ana({ boundary: BOUNDARY, ...over });

type Account = Readonly<{
  users?: readonly ReturnType<typeof ana>[];
  rest?: Partial<IamAccount>;
  answers?: Record<string, string>;
  mixing?: Mixing;
}>;
type PreflightScope = Readonly<{ targets?: readonly AwsIamTarget[]; duty?: Duty }>;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** The preflight of a credential with these documents in this account, and the calls that it sent. */
async function examine(
  principal: Partial<Principal>,
  { users = [limited()], rest = {}, answers, mixing = 'known-names' }: Account = {},
  asked: PreflightScope = {},
) {
  const { api } = memoryIam(users, {}, undefined, { groups: [group()], ...rest });
  const server = await serveIam(api, answers);
  const byName = (name: string) => users.find((user) => user.name === name);
  const authorizer = await startAuthorizer(
    server.endpoint,
    () => ({ arn: GRANTER, documents: [GRANTS], ...principal }),
    {
      account: ACCOUNT,
      userPath: (name) => byName(name)?.path ?? '/',
      boundaryOf: (name) => byName(name)?.boundary,
      mixing,
    },
  );
  stops.push(server.stop, authorizer.stop);
  const provider = awsIamProvider({
    endpoint: authorizer.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 's' },
  });
  const found = await provider.preflight({ targets: TARGETS, duty: 'grant', ...asked }, neverAborts);
  const of = (severity: string) =>
    found.permissions.flatMap((each) => (each.severity === severity ? [each.what] : []));
  return {
    ...found,
    missing: of('missing'),
    excess: of('excess'),
    unknown: of('unknown'),
    calls: authorizer.calls,
  };
}

const RULES: readonly (readonly [mixing: Mixing, sentence: (calls: number) => string])[] = [
  ['known-names', (calls) => `In a small account, \`curfew doctor\` sends ${calls} calls`],
  ['by-reference', (calls) => `By the strictest rule, it sends ${calls}`],
];

describe('a preflight does not depend on which actions IAM simulates together', () => {
  test.each(RULES)('%s: exactly the documented policy is found right', async (mixing, sentence) => {
    const { permissions, calls } = await examine({}, { mixing });
    expect(permissions).toEqual([]);
    // The page names the number of calls.
    expect(PAGE).toContain(sentence(calls.length));
  });

  test.each(RULES)('%s: what is missing and what is too much is named', async (mixing) => {
    const lacking = without(GRANTS, 'iam:PutUserPolicy');
    const { missing, excess, unknown } = await examine(
      { documents: [withMore(lacking, ['kms:CreateGrant', 'iam:CreateAccessKey'], '*')] },
      { mixing },
    );
    expect(missing).toEqual(['iam:PutUserPolicy on users. It is not allowed on ana']);
    expect(excess).toContain('iam:CreateAccessKey, kms:CreateGrant on everything');
    expect(unknown).toEqual([]);
  });
});

describe('a condition that a simulation does not know makes the answer unknown', () => {
  const onlyFrom = (document: Document, action: string, condition: object): Document => ({
    ...without(document, action),
    Statement: [
      ...[without(document, action).Statement].flat(),
      { Effect: 'Allow', Action: action, Resource: '*', Condition: condition } as never,
    ],
  });
  const NETWORK = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };

  test('a permission with a condition on the address of the caller is unknown, not missing', async () => {
    const { missing, unknown, note } = await examine({
      documents: [onlyFrom(GRANTS, 'iam:PutUserPolicy', NETWORK)],
    });
    expect(missing).toEqual([]);
    expect(unknown).toContain('iam:PutUserPolicy on users');
    expect(note).toContain(
      'Not found out is what depends on conditions that a simulation does not know: aws:SourceIp.',
    );
  });

  test('an excess permission with such a condition is unknown', async () => {
    const { excess, unknown } = await examine({
      documents: [
        GRANTS,
        {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'kms:CreateGrant', Resource: '*', Condition: NETWORK },
        },
      ],
    });
    expect(excess).toEqual([]);
    expect(unknown).toEqual(['what it may do too much: IAM did not answer for 1 action']);
  });

  test('a deny with such a condition makes the answer unknown', async () => {
    const { missing, unknown } = await examine({
      documents: [
        GRANTS,
        {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Deny',
            Action: 'iam:DeleteUserPolicy',
            Resource: '*',
            Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
          },
        },
      ],
    });
    expect(missing).toEqual([]);
    expect(unknown).toContain('iam:DeleteUserPolicy on users');
  });

  test('the boundary of the users is known, so the answer is known', async () => {
    const { missing, note } = await examine({}, { users: [ana()] });
    expect(missing).toHaveLength(2);
    expect(note).not.toContain('Not found out');
  });
});

describe('the documented policies have exactly the permissions that Curfew needs', () => {
  test.each<[duty: Duty, arn: string, document: Document, role: string]>([
    ['grant', GRANTER, GRANTS, 'curfew-granter'],
    ['revoke', REVOKER, REVOKES, 'curfew-revoker'],
  ])('for the duty %s', async (duty, arn, document, role) => {
    const { permissions, note } = await examine({ arn, documents: [document] }, {}, { duty });
    expect(permissions).toEqual([]);
    expect(note).toBe(
      [NOTE.replace('curfew-granter', role), 'It was asked about 1 of 1 users.', ...USE_UNKNOWN].join(' '),
    );
  });

  test.each<[what: string, targets: readonly AwsIamTarget[], document: Document]>([
    [
      'policies',
      [POLICY],
      without(
        without(without(without(GRANTS, 'iam:AddUserToGroup'), 'iam:RemoveUserFromGroup'), 'iam:GetGroup'),
        'iam:ListGroupsForUser',
      ),
    ],
    [
      'groups',
      [GROUP],
      without(
        without(
          without(without(GRANTS, 'iam:PutUserPolicy'), 'iam:DeleteUserPolicy'),
          'iam:ListUserPolicies',
        ),
        'iam:GetUserPolicy',
      ),
    ],
  ])('and without what only the other kind of target needs, for %s', async (_what, targets, document) =>
    expect((await examine({ documents: [document] }, {}, { targets })).permissions).toEqual([]),
  );

  test('and limited to the users of one path: the note names the others', async () => {
    const document = JSON.parse(
      JSON.stringify(GRANTS).replaceAll(':user/*', ':user/engineers/*'),
    ) as Document;
    const users = [
      limited({ path: '/engineers/' }),
      limited({ id: 'AIDA2', name: 'bo' }),
      limited({ id: 'AIDA3', name: 'cy' }),
    ];
    const { permissions, note } = await examine({ documents: [document] }, { users });
    expect(permissions).toEqual([]);
    expect(note).toContain('It was asked about 3 of 3 users.');
    expect(note).toContain(
      'Not allowed on bo, cy: iam:GetUser, iam:ListUserPolicies, iam:GetUserPolicy, iam:DeleteUserPolicy, iam:ListGroupsForUser, iam:PutUserPolicy.',
    );
  });
});

describe('a preflight names what is missing', () => {
  test.each<[action: string, where: string]>([
    ['iam:GetUser', ' on users. It is not allowed on ana'],
    ['iam:ListUserPolicies', ' on users. It is not allowed on ana'],
    ['iam:GetUserPolicy', ' on users. It is not allowed on ana'],
    ['iam:ListGroupsForUser', ' on users. It is not allowed on ana'],
    ['iam:PutUserPolicy', ' on users. It is not allowed on ana'],
    ['iam:DeleteUserPolicy', ' on users. It is not allowed on ana'],
    ['iam:GetGroup', ` on the group deployers (arn:aws:iam::${ACCOUNT}:group/deployers)`],
    ['iam:AddUserToGroup', ` on the group deployers (arn:aws:iam::${ACCOUNT}:group/deployers)`],
    ['iam:RemoveUserFromGroup', ` on the group deployers (arn:aws:iam::${ACCOUNT}:group/deployers)`],
    ['iam:GetAccountAuthorizationDetails', ''],
  ])('%s', async (action, where) => {
    const { missing, excess } = await examine({ documents: [without(GRANTS, action)] });
    expect(missing).toEqual([`${action}${where}`]);
    expect(excess).toEqual([]);
  });

  test.each(['iam:PutUserPolicy', 'iam:AddUserToGroup'])(
    'but not %s for a credential that only revokes',
    async (action) =>
      expect(
        (await examine({ documents: [without(GRANTS, action)] }, {}, { duty: 'revoke' })).missing,
      ).toEqual([]),
  );

  test('that its own boundary takes away what its policies allow', async () => {
    const boundary = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', NotAction: 'iam:PutUserPolicy', Resource: '*' }],
    };
    expect((await examine({ boundary })).missing).toEqual([
      'iam:PutUserPolicy on users. It is not allowed on ana',
    ]);
  });

  test('that no user has the boundary which the policy demands', async () => {
    const { missing } = await examine({}, { users: [ana()] });
    expect(missing).toEqual([
      'iam:DeleteUserPolicy on users. It is not allowed on ana',
      'iam:PutUserPolicy on users. It is not allowed on ana',
    ]);
  });

  test.each<[what: string, target: AwsIamTarget, missing: string]>([
    [
      'a group that does not exist',
      { ...GROUP, group: 'nobody' },
      'the group nobody: the account has no such group',
    ],
    [
      'a group with another id',
      { ...GROUP, id: 'AGPAANOTHER0001' },
      'the group deployers: the account has no such group',
    ],
    [
      'a target in another account',
      { ...POLICY, account: '000000000001' },
      `a target is in account 000000000001, and the credential is for account ${ACCOUNT}`,
    ],
    [
      'a target in another partition',
      {
        kind: 'policy',
        statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws-cn:s3:::x'] }],
      },
      'the target names arn:aws-cn:s3:::x, and this account is in the partition aws, where no resource has such an ARN. Write arn:aws:… in the catalogue',
    ],
  ])('for %s', async (_what, target, what) =>
    expect((await examine({}, {}, { targets: [...TARGETS, target] })).missing).toEqual([what]),
  );

  test('and says which lists a receipt cannot have', async () => {
    const { permissions, note } = await examine({ documents: [without(GRANTS, 'iam:ListSSHPublicKeys')] });
    expect(permissions).toEqual([]);
    expect(note).toContain('Without iam:ListSSHPublicKeys, a receipt cannot name what that call shows.');
  });

  test('and says with which optional actions the use of access would be known', async () => {
    const lacking = await examine({});
    for (const sentence of USE_UNKNOWN) expect(lacking.note).toContain(sentence);
    const both = withMore(
      withMore(GRANTS, 'iam:GenerateServiceLastAccessedDetails', USERS),
      'iam:GetServiceLastAccessedDetails',
      '*',
    );
    const { note, permissions } = await examine({ documents: [both] });
    expect(permissions).toEqual([]);
    expect(note).not.toContain('the use of access is unknown');
  });
});

describe('a preflight names what is too much', () => {
  test.each<[what: string, document: Document, excess: string]>([
    ['keys', withMore(GRANTS, 'iam:CreateAccessKey', USERS), 'iam:CreateAccessKey on ana'],
    ['passwords', withMore(GRANTS, 'iam:CreateLoginProfile', USERS), 'iam:CreateLoginProfile on ana'],
    ['managed policies', withMore(GRANTS, 'iam:AttachUserPolicy', USERS), 'iam:AttachUserPolicy on ana'],
    [
      'boundaries',
      withMore(GRANTS, 'iam:DeleteUserPermissionsBoundary', USERS),
      'iam:DeleteUserPermissionsBoundary on ana',
    ],
    ['policies of groups', withMore(GRANTS, 'iam:PutGroupPolicy', '*'), 'iam:PutGroupPolicy on deployers'],
    [
      'roles',
      withMore(GRANTS, 'iam:UpdateAssumeRolePolicy', `arn:aws:iam::${ACCOUNT}:role/*`),
      'iam:UpdateAssumeRolePolicy on the roles curfew',
    ],
    [
      'data',
      withMore(GRANTS, 's3:*', '*'),
      's3:PutBucketPolicy, s3:PutBucketAcl, s3:PutObjectAcl, s3:PutAccessPointPolicy, s3:CreateAccessPoint and 26 more on everything',
    ],
    ['one action of a service', withMore(GRANTS, 'kms:CreateGrant', '*'), 'kms:CreateGrant on everything'],
    ['sessions', withMore(GRANTS, 'ssm:StartSession', '*'), 'ssm:StartSession on everything'],
  ])('%s', async (_what, document, excess) => {
    const found = await examine({ documents: [document] });
    expect(found.missing).toEqual([]);
    expect(found.excess).toContain(excess);
  });

  test('roles with the boundary that a policy demands, and no others', async () => {
    const role = (name: string, boundary: string | undefined) => ({
      id: name,
      name,
      arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      createdAt: 0,
      trust: '',
      boundary,
    });
    const roles = [role('limited', BOUNDARY), role('free', undefined)];
    const document: Document = {
      ...GRANTS,
      Statement: [
        ...[GRANTS.Statement].flat(),
        {
          Effect: 'Allow',
          Action: 'iam:PutRolePolicy',
          Resource: `arn:aws:iam::${ACCOUNT}:role/*`,
          Condition: { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } },
        },
      ],
    };
    const { excess, unknown } = await examine({ documents: [document] }, { rest: { roles } });
    expect(excess).toEqual(['iam:PutRolePolicy on the roles limited']);
    expect(unknown).toEqual([]);
  });

  test('an administrator: all of it', async () => {
    const { missing, excess } = await examine({
      documents: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
    });
    expect(missing).toEqual([]);
    expect(excess.length).toBeGreaterThan(15);
    expect(excess.at(-1)).toMatch(/^iam:CreateAccessKey, .* and \d{3} more on everything$/);
  });

  test('policies on a user without a boundary', async () => {
    const users = [limited(), ana({ id: 'AIDA2', name: 'bo' })];
    expect(
      (await examine({ documents: [withMore(GRANTS, 'iam:PutUserPolicy', USERS)] }, { users })).excess,
    ).toEqual([
      'iam:PutUserPolicy on bo: a policy there can allow everything, because the user has no permissions boundary',
    ]);
  });

  test('writes for a credential that only revokes', async () =>
    expect((await examine({}, {}, { duty: 'revoke' })).excess).toEqual([
      'iam:PutUserPolicy on ana',
      'iam:AddUserToGroup on deployers',
    ]));

  test('groups that no target names', async () => {
    const groups = [
      group(),
      group({ id: 'AGPA2', name: 'admins', arn: `arn:aws:iam::${ACCOUNT}:group/admins` }),
    ];
    const document = withMore(GRANTS, 'iam:AddUserToGroup', `arn:aws:iam::${ACCOUNT}:group/*`);
    expect((await examine({ documents: [document] }, { rest: { groups } })).excess).toEqual([
      'iam:AddUserToGroup on admins',
    ]);
  });

  test('changes to the user of the credential', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/curfew`;
    const users = [limited(), limited({ id: 'AIDACURFEW', name: 'curfew' })];
    const document = withMore(GRANTS, 'iam:SimulatePrincipalPolicy', arn);
    expect((await examine({ arn, documents: [document] }, { users })).excess).toEqual([
      `iam:PutUserPolicy on itself (${arn})`,
    ]);
  });

  test('the root user', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:root`;
    const { excess, calls } = await examine({ arn });
    expect(excess).toEqual([`everything: the credential is ${arn}. Use a user or a role`]);
    expect(calls.map(({ action }) => action)).toEqual(['sts:GetCallerIdentity']);
  });
});

describe('a preflight warns of a group whose policies let members keep or widen their access', () => {
  const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const keys = { Effect: 'Allow', Action: 'iam:CreateAccessKey', Resource: '*' };
  const WARNING =
    'members of the group deployers: iam:CreateAccessKey is allowed: the person can make keys, passwords, users or certificates that work after the end';
  const MANAGED = 'arn:aws:iam::aws:policy/PowerUserAccess';

  test.each<
    [what: string, of: Partial<AccountGroup>, rest: Partial<IamAccount>, answers: Record<string, string>]
  >([
    ['inline', { documents: [document(keys)] }, {}, {}],
    [
      'inline, in one statement without a list',
      { documents: [JSON.stringify({ Version: '2012-10-17', Statement: keys })] },
      {},
      {},
    ],
    [
      'of the account',
      { attached: ['arn:x'] },
      { policies: [{ arn: 'arn:x', changedAt: 0, document: document(keys), isNewest: true }] },
      {},
    ],
    [
      'of AWS',
      { attached: [MANAGED] },
      {},
      {
        GetPolicy: '<Policy><DefaultVersionId>v3</DefaultVersionId></Policy>',
        GetPolicyVersion: `<PolicyVersion><Document>${encodeURIComponent(document(keys))}</Document></PolicyVersion>`,
      },
    ],
  ])('%s', async (_what, of, rest, answers) =>
    expect((await examine({}, { rest: { ...rest, groups: [group(of)] }, answers })).excess).toEqual([
      WARNING,
    ]),
  );

  test.each<[what: string, statements: readonly object[]]>([
    ['what is denied everywhere', [{ ...keys, Effect: 'Deny' }, keys]],
    ['an action without such a risk', [{ ...keys, Action: 's3:GetObject' }]],
    ['everything but what is excluded', [{ Effect: 'Allow', NotAction: ['*'], Resource: '*' }]],
  ])('and not of %s', async (_what, statements) =>
    expect(
      (await examine({}, { rest: { groups: [group({ documents: [document(...statements)] })] } })).excess,
    ).toEqual([]),
  );

  test('a deny of some resources does not count, and NotAction allows the rest', async () => {
    const documents = [
      document(
        { ...keys, Effect: 'Deny', Resource: USERS },
        { Effect: 'Allow', NotAction: 's3:*', Resource: '*' },
      ),
    ];
    const { excess } = await examine({}, { rest: { groups: [group({ documents })] } });
    expect(excess).toHaveLength(6);
    expect(excess.join()).not.toContain('s3:');
  });

  test('and says what to allow when a policy of AWS cannot be read', async () => {
    const rest = { groups: [group({ attached: [MANAGED] })] };
    const { unknown, excess } = await examine({ documents: [without(GRANTS, 'iam:GetPolicy')] }, { rest });
    expect(unknown).toEqual([
      `what ${MANAGED} allows to members of the group deployers. Allow iam:GetPolicy and iam:GetPolicyVersion on it`,
    ]);
    expect(excess).toEqual([]);
  });
});

describe('a preflight says what it could not find out, and what to do', () => {
  test('without the permission to simulate', async () => {
    const { permissions } = await examine({ documents: [without(GRANTS, 'iam:SimulatePrincipalPolicy')] });
    expect(permissions).toEqual([
      {
        severity: 'unknown',
        what: `which permissions the credential has. Allow iam:SimulatePrincipalPolicy on ${SELF}, and iam:GetRole when that is a role`,
      },
    ]);
  });

  test('for a credential that is neither a user nor a role', async () => {
    const arn = `arn:aws:sts::${ACCOUNT}:federated-user/x`;
    expect((await examine({ arn })).unknown).toEqual([
      `${arn} is neither a user nor a role. Use one of them for Curfew`,
    ]);
  });

  test('in an account without users', async () =>
    expect((await examine({}, { users: [] })).unknown).toEqual([
      'what it may do with users, because the account has none',
    ]));

  const USER = `arn:aws:iam::${ACCOUNT}:user/curfew`;
  const answering = (simulate: PreflightApi['simulate']): PreflightApi => ({
    caller: () => Promise.resolve(USER),
    roleArn: () => Promise.resolve(undefined),
    managedPolicy: () => Promise.resolve(undefined),
    simulate,
  });
  const withProbes = (probes: PreflightApi) => {
    const { api } = memoryIam([limited()], {}, undefined, { groups: [group()] });
    return preflight(api, probes, { targets: TARGETS, duty: 'grant' }, neverAborts);
  };

  test('when the simulation does not answer for some actions', async () => {
    const first = 'iam:GetAccountAuthorizationDetails';
    const { permissions } = await withProbes(
      answering(() =>
        Promise.resolve({ may: (action) => (action === first ? true : undefined), unknownKeys: [] }),
      ),
    );
    expect(permissions.map(({ severity }) => severity)).not.toContain('missing');
    expect(permissions).toContainEqual({ severity: 'unknown', what: 'iam:PutUserPolicy on users' });
    expect(permissions).toContainEqual({
      severity: 'unknown',
      what: 'iam:AddUserToGroup on the group deployers',
    });
    expect(permissions.at(-1)?.what).toMatch(
      /^what it may do too much: IAM did not answer for \d{3} actions$/,
    );
  });

  test('when IAM limits the rate after the first simulation', async () => {
    const first = 'iam:GetAccountAuthorizationDetails';
    const { permissions } = await withProbes(
      answering(({ actions }) =>
        actions.includes(first)
          ? Promise.resolve({ may: () => true, unknownKeys: [] })
          : Promise.reject(new Fault('provider-throttled', 'slow')),
      ),
    );
    expect(new Set(permissions.map(({ severity }) => severity))).toEqual(new Set(['unknown']));
    expect(permissions).toContainEqual({ severity: 'unknown', what: `what it may do with itself (${USER})` });
  });

  test.each([
    ['provider-throttled', 'aws-iam: SimulatePrincipalPolicy: Throttling'],
    ['provider-unavailable', 'aws-iam: SimulatePrincipalPolicy: not implemented here'],
  ] as const)('when the simulation fails with %s', async (code, detail) =>
    expect((await withProbes(answering(() => Promise.reject(new Fault(code, detail))))).permissions).toEqual([
      {
        severity: 'unknown',
        what: `which permissions the credential has, because policy simulation of ${USER} did not answer: ${code}: ${detail}`,
      },
    ]),
  );

  test('for a role with a path, which its session does not show', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/apps/curfew-granter`;
    const documents = [withMore(GRANTS, 'iam:SimulatePrincipalPolicy', arn)];
    const answers = { GetRole: `<Role><Arn>${arn}</Arn></Role>` };
    const { permissions, calls } = await examine({ documents }, { answers });
    expect(permissions).toEqual([]);
    expect(calls.filter(({ action }) => action === 'iam:SimulatePrincipalPolicy')[0]?.resource).toBe(arn);
    // Without the read of the role, its ARN is taken to have no path.
    const blind = await examine({ documents: [without(GRANTS, 'iam:GetRole')] }, { answers });
    expect(blind.permissions).toEqual([]);
  });
});

describe('a preflight changes nothing', () => {
  test.each<[what: string, principal: Partial<Principal>, account: Account, asked: PreflightScope]>([
    ['the documented policy', {}, {}, {}],
    ['an administrator', { documents: [withMore(GRANTS, '*', '*')] }, {}, {}],
    ['a credential without permissions', { documents: [] }, {}, {}],
    ['a credential that only revokes', { arn: REVOKER, documents: [REVOKES] }, {}, { duty: 'revoke' }],
    [
      'a group with a policy of AWS',
      {},
      { rest: { groups: [group({ attached: ['arn:aws:iam::aws:policy/X'] })] } },
      {},
    ],
  ])('it only reads: %s', async (_what, principal, account, asked) => {
    const { calls } = await examine(principal, account, asked);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.map(({ action }) => action).filter((action) => !READS.includes(action))).toEqual([]);
  });

  test('its calls are the ones that the page lists', () => {
    const [, row = ''] = /calls of `curfew doctor`: ([^.]*)\./.exec(PAGE.replaceAll('\n', ' ')) ?? [];
    expect([...row.matchAll(/`([^`]+)`/g)].map(([, action]) => action)).toEqual(READS);
  });
});
