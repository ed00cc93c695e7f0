import { describe, expect, test } from '@jest/globals';
import type { Description } from '../../core/target.ts';
import { githubProvider, type GitHubTarget } from '../../providers/github/index.ts';
import { testRefusedTargets } from './conformance.fixture.ts';

const provider = githubProvider({ appId: 1, privateKey: 'not used here', installationId: 1 });
const team = { kind: 'team', org: 'lantern', team: 'platform' };
const repository = { kind: 'repository', org: 'lantern', repo: 'orders', role: 'write' };
const TEAM_ROLES = ['member', 'maintainer'];
const REPO_ROLES = ['read', 'triage', 'write', 'maintain', 'admin'];

const targetOf = (json: object): GitHubTarget => {
  const target = provider.parseTarget(json);
  if (!target.ok) throw new Error(target.error);
  return target.value;
};

describe('a target is refused', () => {
  testRefusedTargets(
    () => provider,
    [
      ['another kind', { ...team, kind: 'organisation' }, '"kind"'],
      ['no organisation', { ...team, org: undefined }, '"org"'],
      ['a path as organisation', { ...team, org: 'lantern/..' }, '"org"'],
      ['a huge organisation', { ...team, org: 'l'.repeat(1e6) }, '"org"'],
      ['a team in a path', { ...team, team: '../memberships' }, '"team"'],
      ['a team’s display name', { ...team, team: 'Orders on call' }, '"team"'],
      ['the role admin in a team', { ...team, role: 'admin' }, '"role"'],
      ['no role for a repository', { ...repository, role: undefined }, '"role"'],
      ['the level none', { ...repository, role: 'none' }, '"role"'],
      ['GitHub’s own name for write', { ...repository, role: 'push' }, '"role"'],
      ['a repository with its owner', { ...repository, repo: 'lantern/orders' }, '"repo"'],
      ['a repository called ..', { ...repository, repo: '..' }, '"repo"'],
      ['an id that is text', { ...repository, id: '6001' }, '"id"'],
      ['a misspelt field (B51)', { ...team, rol: 'maintainer' }, '"rol"'],
    ],
  );

  const TEAM = 'github target: "team" must be the team’s name as in its address, in lower case';
  const REPO = 'github target: "repo" must be the repository’s name, without the organisation';
  const ORG = 'github target: "org" must be the organisation’s name as in its address';
  const ID = 'github target: "id" must be GitHub’s number for it, a whole number above 0';

  test.each<[string, object, string]>([
    ['another kind', { ...team, kind: 'org' }, 'github target: "kind" must be "team" or "repository"'],
    ['no kind', { org: 'lantern' }, 'github target: "kind" must be "team" or "repository"'],
    ['a field of a repository', { ...team, repo: 'x' }, 'github target: "repo" is not a field of a team'],
    [
      'a field of a team',
      { ...repository, team: 'x' },
      'github target: "team" is not a field of a repository',
    ],
    [
      'a long field with lines',
      { ...team, [`a\nb ${'c'.repeat(40)}`]: 1 },
      `github target: "a b ${'c'.repeat(36)}" is not a field of a team`,
    ],
    ...['', '-a', 'a-', 'a--b', 'a_b', 'a.b', 'a'.repeat(40), 7, 'a\n'].map(
      (org): [string, object, string] => [
        `the organisation ${JSON.stringify(org).slice(0, 9)}`,
        { ...team, org },
        ORG,
      ],
    ),
    ...['', '-a', '_a', '.a', 'A', 'a b', 'a/b', 'a'.repeat(101), 7].map((slug): [string, object, string] => [
      `the team ${JSON.stringify(slug).slice(0, 9)}`,
      { ...team, team: slug },
      TEAM,
    ]),
    ...['', '.', '..', 'a b', 'a/b', 'a'.repeat(101), 7].map((repo): [string, object, string] => [
      `the repository ${JSON.stringify(repo).slice(0, 9)}`,
      { ...repository, repo },
      REPO,
    ]),
    ...[0, -1, 1.5, '7', null, 2 ** 53].map((id): [string, object, string] => [
      `the number ${JSON.stringify(id)}`,
      { ...team, id },
      ID,
    ]),
    [
      'a role that no team has',
      { ...team, role: 'none' },
      'github target: "role" must be one of member, maintainer',
    ],
    [
      'a role that no repository has',
      { ...repository, role: 'push' },
      'github target: "role" must be one of read, triage, write, maintain, admin',
    ],
  ])('with a sentence: %s', (_what, json, error) =>
    expect(provider.parseTarget(json)).toEqual({ ok: false, error }),
  );
});

describe('a target is read', () => {
  test.each<[string, object, object]>([
    ['a team without a role, as a member', team, { ...team, role: 'member' }],
    ...TEAM_ROLES.map((role): [string, object, object] => [
      `a team as ${role}`,
      { ...team, role },
      { ...team, role },
    ]),
    ...REPO_ROLES.map((role): [string, object, object] => [
      `a repository with ${role}`,
      { ...repository, role },
      { ...repository, role },
    ]),
    ['a team with its number', { ...team, id: 1 }, { ...team, role: 'member', id: 1 }],
    ['a repository with its number', { ...repository, id: 1 }, { ...repository, id: 1 }],
    ...['a', '7', 'A-b-9', 'a'.repeat(39)].map((org): [string, object, object] => [
      `the organisation ${org}`,
      { ...repository, org },
      { ...repository, org },
    ]),
    ...['a', '7', 'a_b-c.9', 'a'.repeat(100)].map((slug): [string, object, object] => [
      `the team ${slug}`,
      { ...team, team: slug },
      { ...team, team: slug, role: 'member' },
    ]),
    ...['a', '.github', '...', 'A_b-c.9', '-', 'a'.repeat(100)].map((repo): [string, object, object] => [
      `the repository ${repo}`,
      { ...repository, repo },
      { ...repository, repo },
    ]),
  ])('%s', (_what, json, value) => expect(provider.parseTarget(json)).toStrictEqual({ ok: true, value }));
});

test.each<[string, object, string]>([
  ['a team', { ...team, org: 'Lantern' }, 'team:lantern/platform'],
  ['a team with its number', { ...team, id: 51 }, 'team:51'],
  ['a repository', { ...repository, repo: 'Orders' }, 'repository:lantern/orders'],
  ['a repository with its number', { ...repository, id: 61 }, 'repository:61'],
])('%s has one key for all levels and both cases', (_what, json, key) =>
  expect(provider.targetKey(targetOf(json))).toEqual(key),
);

test.each<[string, object]>([
  ['a team', team],
  ['a repository', repository],
])('%s has the same lock with and without its number, in both cases', (_what, json) => {
  const locks = [json, { ...json, org: 'Lantern' }, { ...json, id: 7, orgId: 3 }].map((each) =>
    provider.lockKey(targetOf(each)),
  );
  expect(new Set(locks).size).toBe(1);
});

test('teams and repositories have two locks, because no change of one is a change of the other', () =>
  expect(provider.lockKey(targetOf(team))).not.toBe(provider.lockKey(targetOf(repository))));

describe('a card says what a target grants', () => {
  const CLONE = 'a clone stays with the person, and so does a fork in another organisation';
  const WRITE = [
    'with write, a person can change workflows, which run after the end and can use and copy the repository’s Actions secrets',
    'with write, a person can create, change and delete Actions secrets, packages and releases, which stay after the end',
    'a workflow that runs at the end keeps its own token until its job ends, for at most 24 hours',
  ];
  const MAINTAIN = [
    'with maintain, a person can publish contents with GitHub Pages, which stay after the end',
    'with maintain, a person can push to protected branches',
  ];
  const ADMIN = [
    'an admin can add people, teams, deploy keys, hooks and self-hosted runners that stay after the end',
    'an admin can change branch protection and who may bypass it, also for a person who stays',
    'an admin can make the repository public, and archive, delete or transfer it. A transferred one stays with its new owner, and no revoke ends that',
  ];
  const TEAM =
    'what a person can leave behind depends on the roles of the team in its repositories. As an admin: people, deploy keys, hooks, runners, and the repository itself, which they can transfer';
  const MAINTAINER =
    'a maintainer can add members and maintainers, who stay after the end, and can remove the team’s access to repositories';

  const ENTRY_REMOVED =
    'when the account’s entry is removed, GitHub also deletes the account’s own forks of the repository if it is private, unassigns the account from its issues, and cancels the invitations that the account sent';
  const MEMBERSHIP_REMOVED =
    'GitHub deletes the account’s own forks of private repositories to which it has no other access';

  test.each<[string, object, Description]>([
    [
      'a member of a team',
      team,
      {
        plain:
          'membership in the GitHub team lantern/platform with the role member: the access of the team in every repository',
        permissions: ['team lantern/platform: member'],
        cautions: [TEAM],
        atEnd: [MEMBERSHIP_REMOVED],
        widens: true,
      },
    ],
    [
      'a maintainer of a team',
      { ...team, role: 'maintainer' },
      {
        plain:
          'membership in the GitHub team lantern/platform with the role maintainer: the access of the team in every repository, and adding and removing its members',
        permissions: ['team lantern/platform: maintainer'],
        cautions: [TEAM, MAINTAINER],
        atEnd: [MEMBERSHIP_REMOVED],
        widens: true,
      },
    ],
    ...(
      [
        ['read', 'read and clone it, and open issues and pull requests', [], false],
        ['triage', 'read it and manage its issues and pull requests, without writing code', [], false],
        ['write', 'push to it and merge pull requests', WRITE, true],
        [
          'maintain',
          'push to it and manage its settings, except the sensitive ones',
          [...WRITE, ...MAINTAIN],
          true,
        ],
        [
          'admin',
          'do everything with it, also delete it and decide who else has access',
          [...WRITE, ...MAINTAIN, ...ADMIN],
          true,
        ],
      ] as const
    ).map(([role, can, cautions, widens]): [string, object, Description] => [
      `a collaborator with ${role}`,
      { ...repository, role },
      {
        plain: `the GitHub repository lantern/orders with the role ${role}: ${can}`,
        permissions: [`repository lantern/orders: ${role}`],
        cautions: [CLONE, ...cautions],
        atEnd: [ENTRY_REMOVED],
        widens,
      },
    ]),
  ])('%s', (_what, json, description) => expect(provider.describe(targetOf(json))).toEqual(description));
});

test.each<[string, object, string, string[]]>([
  ['a team', { ...team, role: 'maintainer' }, 'maintainer', ['none', ...TEAM_ROLES]],
  ['a repository', repository, 'write', ['none', ...REPO_ROLES]],
])('%s has these levels, and no end at GitHub', (_what, json, level, ladder) => {
  const target = targetOf(json);
  expect([provider.level(target), provider.ladder(target)]).toEqual([level, ladder]);
  expect(provider.enforcementClass(target)).toBe('C');
  expect(provider.residualSessionMs(target)).toBe(0);
  expect(provider.ownObject(target)).toBe(false);
});
