import { describe, expect, test } from '@jest/globals';
import { adviceOn } from '../../providers/github/preflight-advice.ts';
import { preflight } from '../../providers/github/preflight.ts';
import type { GitHubTarget } from '../../providers/github/target.ts';
import type { Duty, Permission } from '../../providers/provider.ts';
import { ofGateway, outcome, scripted, status, type Answers } from './github-script.fixture.ts';
import { READ_REPOSITORY, repository, target as orders } from './github-repository.fixture.ts';
import { oncall, READ_TEAM, TEAM, target as team } from './github-team.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const INSTALLATION = 'GET /app/installations/8001';
const ALL = { administration: 'write', members: 'write', metadata: 'read' };
const installation = {
  account: { login: 'Lantern', id: 3001 },
  repository_selection: 'all',
  permissions: ALL,
  app_slug: 'curfew-lantern',
  suspended_at: null,
};
const AS_GITHUB: Answers = {
  [INSTALLATION]: installation,
  [READ_TEAM.replace('lantern', 'Lantern')]: { ...oncall, organization: { id: 3001, login: 'Lantern' } },
  [READ_REPOSITORY.replace('lantern', 'Lantern')]: { ...repository, owner: { login: 'Lantern', id: 3001 } },
  'GET /repositories/6001': { ...repository, owner: { login: 'Lantern', id: 3001 } },
};
const there = (call: string) => call.replace('lantern', 'Lantern');
const WITHOUT_LOG =
  'Without organization_administration: read, which is optional, the use of access lacks what only an audit log of GitHub Enterprise Cloud has.';
const NOTE = `The App curfew-lantern is installed on all repositories of Lantern. ${WITHOUT_LOG}`;

/** What the preflight finds at a GitHub with these answers, and the calls that it sends. */
async function examined(
  answers: Answers,
  targets: readonly GitHubTarget[] = [team, orders],
  duty: Duty = 'grant',
) {
  const github = scripted({ ...AS_GITHUB, ...answers });
  const found = await outcome(preflight(github.client, { targets, duty }, neverAborts));
  expect(github.writes()).toEqual([]);
  return { found, calls: github.sent.map(({ call }) => call), scopes: github.scopes() };
}
const missing = (what: string): Permission => ({ severity: 'missing', what });
const excess = (what: string): Permission => ({ severity: 'excess', what });
const permissionsOf = async (...args: Parameters<typeof examined>) => {
  const { found } = await examined(...args);
  return typeof found === 'string' ? found : found.permissions;
};
const installed = (change: object) => ({ [INSTALLATION]: { ...installation, ...change } });
const without = (name: string) => Object.fromEntries(Object.entries(ALL).filter(([each]) => each !== name));

describe('the permissions of the App', () => {
  test.each<[string, readonly GitHubTarget[], object, readonly Permission[]]>([
    ['exactly what teams and repositories need', [team, orders], {}, []],
    ['administration, which teams do not need', [team], {}, [excess('administration: write')]],
    ['exactly what teams need', [team], { permissions: { members: 'write', metadata: 'read' } }, []],
    ['members to write, which repositories need to read only', [orders], {}, [excess('members: write')]],
    [
      'exactly what repositories need',
      [orders],
      { permissions: { administration: 'write', members: 'read', metadata: 'read' } },
      [],
    ],
    [
      'everything, which no target needs',
      [],
      {},
      [excess('administration: write'), excess('members: write')],
    ],
    ['no members', [team, orders], { permissions: without('members') }, [missing('members: write')]],
    [
      'no members for a repository',
      [orders],
      { permissions: without('members') },
      [missing('members: read')],
    ],
    [
      'members to read',
      [team],
      { permissions: { members: 'read', metadata: 'read' } },
      [missing('members: write')],
    ],
    [
      'administration to read',
      [orders],
      { permissions: { administration: 'read', members: 'read', metadata: 'read' } },
      [missing('administration: write')],
    ],
    [
      'everything else too',
      [team, orders],
      { permissions: { ...ALL, metadata: 'write', contents: 'read', workflows: 'write' } },
      [excess('metadata: write'), excess('contents: read'), excess('workflows: write')],
    ],
    [
      'nothing, because the installation is suspended',
      [team, orders],
      { suspended_at: '2026-11-01T00:00:00Z', permissions: without('members') },
      [missing('members: write'), missing('the installation is suspended')],
    ],
  ])('are %s', async (_what, targets, change, expected) => {
    for (const duty of ['grant', 'revoke'] as const)
      expect(await permissionsOf(installed(change), targets, duty)).toEqual(expected);
  });

  test.each<[string, Duty, string, readonly Permission[]]>([
    ['too much for the reaper', 'reap', 'read', [excess('organization_administration: read')]],
    ['optional for whatever reads use', 'grant', 'read', []],
    ['too much when it may write', 'grant', 'write', [excess('organization_administration: write')]],
  ])('to read the audit log is %s', async (_what, duty, access, expected) => {
    const change = installed({ permissions: { ...ALL, organization_administration: access } });
    expect(await permissionsOf(change, [team, orders], duty)).toEqual(expected);
    expect((await examined(change, [team, orders], duty)).found).toMatchObject({
      note: NOTE.replace(` ${WITHOUT_LOG}`, ''),
    });
  });

  test('and where it is installed are in the note', async () => {
    expect((await examined({})).found).toMatchObject({ permissions: [], note: NOTE });
    const unknown = installed({ repository_selection: 'selected', account: null });
    expect((await examined(unknown, [])).found).toMatchObject({
      note: `The App curfew-lantern is installed on selected repositories of an unknown owner. ${WITHOUT_LOG}`,
    });
  });
});

describe('each target', () => {
  const NO_TEAM = { [there(READ_TEAM)]: status(404, 'Not Found') };
  const NO_REPO = { [there(READ_REPOSITORY)]: status(404, 'Not Found') };
  const MANAGED =
    'lantern/oncall: the identity provider manages the team, so Curfew cannot change its members';
  const managed = (route: string, groups: unknown) => ({ [there(`GET ${TEAM}/${route}`)]: { groups } });
  const moved = status(301, 'Moved', { location: 'https://api.github.com/repositories/6001' });

  test.each<[string, GitHubTarget, Answers, { grant: string | undefined; revoke: string | undefined }]>([
    [
      'a team that does not exist',
      team,
      NO_TEAM,
      { grant: 'lantern/oncall: there is no such team', revoke: undefined },
    ],
    [
      'a team with a number, which is found under another name',
      { ...team, id: 51 },
      NO_TEAM,
      { grant: undefined, revoke: undefined },
    ],
    [
      'a team whose name another one has now',
      { ...team, id: 52 },
      {},
      { grant: undefined, revoke: undefined },
    ],
    [
      'a team that an external group manages',
      team,
      managed('external-groups', [{ group_id: 1 }]),
      { grant: MANAGED, revoke: MANAGED },
    ],
    [
      'a team that is synchronised',
      team,
      managed('team-sync/group-mappings', [{ group_id: '1' }]),
      { grant: MANAGED, revoke: MANAGED },
    ],
    [
      'a team in an organisation with both features that nobody manages',
      team,
      { ...managed('external-groups', []), ...managed('team-sync/group-mappings', []) },
      { grant: undefined, revoke: undefined },
    ],
    [
      'a team in another organisation',
      { ...team, org: 'other' },
      {},
      {
        grant: 'other/oncall: the App is installed in Lantern, and not there',
        revoke: 'other/oncall: the App is installed in Lantern, and not there',
      },
    ],
    [
      'a team of an organisation that was renamed',
      { ...team, org: 'old-name', orgId: 3001 },
      {},
      { grant: undefined, revoke: undefined },
    ],
    [
      'a repository that does not exist',
      orders,
      NO_REPO,
      { grant: 'lantern/orders: there is no such repository', revoke: undefined },
    ],
    [
      'a repository that the App may not see',
      orders,
      { ...NO_REPO, ...installed({ repository_selection: 'selected' }) },
      {
        grant:
          'lantern/orders: the App cannot see the repository. It does not exist, or it is none of the selected ones',
        revoke:
          'lantern/orders: the App cannot see the repository. It does not exist, or it is none of the selected ones',
      },
    ],
    [
      'a repository that was renamed',
      orders,
      { [there(READ_REPOSITORY)]: moved },
      {
        grant: 'lantern/orders: the repository was renamed. Change the name in the catalogue',
        revoke: undefined,
      },
    ],
    [
      'a repository with its number',
      { ...orders, id: 6001 },
      NO_REPO,
      { grant: undefined, revoke: undefined },
    ],
    [
      'a repository that is archived',
      orders,
      {
        [there(READ_REPOSITORY)]: {
          ...repository,
          archived: true,
          owner: { login: 'Lantern', id: 3001 },
        },
      },
      {
        grant: 'lantern/orders: the repository is archived, so GitHub refuses every change of access',
        revoke: 'lantern/orders: the repository is archived, so GitHub refuses every change of access',
      },
    ],
    [
      'a repository that another owner has now',
      { ...orders, id: 6001 },
      { 'GET /repositories/6001': { ...repository, owner: { login: 'other', id: 9 } } },
      {
        grant: 'lantern/orders: Lantern/orders was moved to another owner',
        revoke: 'lantern/orders: Lantern/orders was moved to another owner',
      },
    ],
  ])('is looked at: %s', async (_what, target, answers, expected) => {
    for (const duty of ['grant', 'revoke'] as const) {
      const what = expected[duty];
      const found = await permissionsOf(answers, [target], duty);
      expect((found as Permission[]).filter(({ severity }) => severity === 'missing')).toEqual(
        what === undefined ? [] : [missing(what)],
      );
    }
  });

  test('is looked at once, with a token for what is looked at, and features that are absent are asked for once', async () => {
    const second: GitHubTarget = { ...team, team: 'night' };
    const answers = { [there(`GET /orgs/lantern/teams/night`)]: { ...oncall, id: 52, slug: 'night' } };
    const targets = [team, { ...team, role: 'maintainer' } as const, second, orders, orders];
    expect(await examined(answers, targets)).toMatchObject({
      scopes: [{ permissions: { members: 'write', metadata: 'read' } }],
      calls: [
        INSTALLATION,
        'POST /app/installations/8001/access_tokens',
        there(READ_TEAM),
        there(`GET ${TEAM}/external-groups`),
        there(`GET ${TEAM}/team-sync/group-mappings`),
        there('GET /orgs/lantern/teams/night'),
        there(READ_REPOSITORY),
      ],
    });
  });

  test('is looked at beside one of another kind that has its name', async () => {
    const named: GitHubTarget = { ...team, team: 'orders' };
    const targets = [named, named, orders, orders];
    expect(await permissionsOf({ ...NO_REPO }, targets)).toEqual([
      missing('lantern/orders: there is no such team'),
      missing('lantern/orders: there is no such repository'),
    ]);
  });

  test('that the App may not read is left out, and the missing permission is named', async () =>
    expect(await examined(installed({ permissions: { metadata: 'read' } }), [team])).toMatchObject({
      found: { permissions: [missing('members: write')] },
      calls: [INSTALLATION],
    }));

  test('that is a repository is looked at with a token that can only read', async () =>
    expect(await examined({}, [orders])).toMatchObject({ scopes: [{ permissions: { metadata: 'read' } }] }));

  test('that the App may not ask about is unknown', async () =>
    expect(
      await permissionsOf({
        [there(`GET ${TEAM}/external-groups`)]: status(403, 'Resource not accessible by integration'),
      }),
    ).toEqual([
      {
        severity: 'unknown',
        what: 'lantern/oncall: GitHub does not say whether an identity provider manages the team',
      },
    ]));

  test('is unknown while GitHub limits the calls', async () =>
    expect(await permissionsOf({ [there(`GET ${TEAM}/external-groups`)]: status(429, 'Too many') })).toBe(
      'provider-throttled: github: 429 Too many (request ABC1)',
    ));
});

describe('the credentials', () => {
  test('are asked for when GitHub does not accept them', async () =>
    expect(
      (await examined({ [INSTALLATION]: status(401, 'A JSON web token could not be decoded') })).found,
    ).toEqual({
      permissions: [missing('an App id, private key and installation id that GitHub accepts')],
      note: 'provider-forbidden: github: 401 A JSON web token could not be decoded (request ABC1)',
    }));

  test.each<[string, unknown, RegExp]>([
    [
      'behind a proxy that removes the id of the call, because no revoke could be confirmed there',
      ofGateway(200, installation),
      /^provider-unavailable: .*x-github-request-id/,
    ],
    ['when GitHub does not answer', status(502, 'Server Error'), /^provider-unavailable: github: 502/],
    ['when GitHub limits the calls', status(429, 'Too many requests'), /^provider-throttled: github: 429/],
  ])('are unknown %s', async (_what, answer, message) =>
    expect((await examined({ [INSTALLATION]: answer })).found).toMatch(message),
  );
});

describe('advice for administrators', () => {
  const advice = (names: string) =>
    `A team is a better choice than an entry in a repository, where there is one. When an entry ends, GitHub deletes every fork that the person made of the repository, if it is private. When a membership ends, only those of repositories to which the person has no other access. The catalogue has entries in ${names}.`;

  test.each<[string, readonly GitHubTarget[], Duty, readonly string[]]>([
    ['a repository is named', [team, orders], 'grant', [advice('lantern/orders')]],
    [
      'each repository is named once, whatever the roles',
      [orders, { ...orders, role: 'read' }, { ...orders, repo: 'infra', id: 6002 }],
      'grant',
      [advice('lantern/orders, lantern/infra')],
    ],
    ['a team needs none', [team], 'grant', []],
    ['a credential that only revokes needs none', [team, orders], 'revoke', []],
  ])('%s', (_what, targets, duty, expected) => expect(adviceOn({ targets, duty })).toEqual(expected));

  test('is in the result of the preflight', async () =>
    expect((await examined({})).found).toMatchObject({ advice: [advice('lantern/orders')] }));
});
