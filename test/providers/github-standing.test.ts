import { describe, expect, test } from '@jest/globals';
import { describeSources, otherSources } from '../../providers/github/standing.ts';

type Team = Readonly<{ slug: string; permission: string; membership?: 'active' | 'pending' }>;

/** An organisation in which these teams have the repository. */
function atRepository({ role = 'member', teams = [] }: { role?: string; teams?: readonly Team[] }) {
  const missing = () =>
    Promise.reject(
      Object.assign(new Error('Not Found'), {
        status: 404,
        response: { data: {}, headers: { 'x-github-request-id': 'ABC1' } },
      }),
    );
  const rest = {
    orgs: {
      getMembershipForUser: () =>
        role === 'none' ? missing() : Promise.resolve({ data: { role, state: 'active', user: { id: 1 } } }),
    },
    repos: {
      listTeams: ({ page }: { page: number }) =>
        Promise.resolve({ data: page > 1 ? [] : teams, headers: {} }),
    },
    teams: {
      getMembershipForUserInOrg: ({ team_slug }: { team_slug: string }) => {
        const state = teams.find(({ slug }) => slug === team_slug)?.membership;
        return state ? Promise.resolve({ data: { state } }) : missing();
      },
    },
  };
  const at = { octokit: { rest }, owner: 'lantern', repo: 'orders' };
  return otherSources(at as never, { login: 'ana', id: 1 } as never);
}

describe('access to a repository that is not the person’s own entry', () => {
  test.each([
    ['pull', 'read'],
    ['triage', 'triage'],
    ['push', 'write'],
    ['maintain', 'maintain'],
    ['admin', 'admin'],
    ['security-lead', 'security-lead'],
  ])('a team with the permission %s gives the role %s', async (permission, role) =>
    expect(await atRepository({ teams: [{ slug: 'ops', permission, membership: 'active' }] })).toEqual([
      { role, through: 'through the team ops' },
    ]),
  );

  test('a team of other people, and one whose invitation is open, give nothing', async () =>
    expect(
      await atRepository({
        teams: [
          { slug: 'others', permission: 'admin' },
          { slug: 'invited', permission: 'admin', membership: 'pending' },
          { slug: 'mine', permission: 'push', membership: 'active' },
        ],
      }),
    ).toEqual([{ role: 'write', through: 'through the team mine' }]));

  test('each team of the person gives its role', async () =>
    expect(
      await atRepository({
        teams: [
          { slug: 'all', permission: 'pull', membership: 'active' },
          { slug: 'ops', permission: 'maintain', membership: 'active' },
        ],
      }),
    ).toEqual([
      { role: 'read', through: 'through the team all' },
      { role: 'maintain', through: 'through the team ops' },
    ]));

  test('an owner of the organisation has every right, whatever the teams have', async () =>
    expect(await atRepository({ role: 'admin', teams: [{ slug: 'ops', permission: 'pull' }] })).toEqual([
      { role: 'admin', through: 'as an owner of the organisation' },
    ]));

  test('its description names the sources of the role, or the organisation', () => {
    const sources = [
      { role: 'write', through: 'through the team ops' },
      { role: 'read', through: 'through the team all' },
      { role: 'write', through: 'through the team dev' },
    ];
    expect(describeSources('write', sources)).toBe('write through the team ops and through the team dev');
    expect(describeSources('admin', sources)).toBe('admin through the organisation’s base role');
  });
});
