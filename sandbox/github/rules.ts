import { ROLES, type Repo, type Role, type Team, type User, type GithubState } from './state.ts';

/**
 * The role for each value of the parameter `permission` in request bodies (see "Add a repository
 * collaborator").
 */
const ROLE_BY_PERMISSION: Readonly<Record<string, Exclude<Role, 'none'>>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

export const roleFrom = (permission: string): Exclude<Role, 'none'> | undefined =>
  ROLE_BY_PERMISSION[permission];
export const permissionFrom = (role: Role): string =>
  Object.keys(ROLE_BY_PERMISSION).find((permission) => ROLE_BY_PERMISSION[permission] === role) ?? 'pull';

export const rank = (role: Role): number => ROLES.indexOf(role);
export const highest = (roles: readonly Role[]): Role =>
  roles.reduce<Role>((top, role) => (rank(role) > rank(top) ? role : top), 'none');

/** The legacy `permission` of "Get repository permissions for a user": maintain is write, triage is read. */
export const legacyPermission = (role: Role): 'none' | 'read' | 'write' | 'admin' =>
  role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;

/** A team's members include the members of its child teams. */
export const withChildren = (state: GithubState, team: Team): Team[] => [
  team,
  ...state.teams.filter((child) => child.parent === team.id).flatMap((child) => withChildren(state, child)),
];

/** The role of a team in a repository. "Child teams inherit the parent's access permissions." */
export function roleOfTeam(state: GithubState, team: Team, { id }: Repo): Role {
  const parent = state.teams.find((each) => each.id === team.parent);
  return highest([team.repos[id] ?? 'none', parent?.repos[id] ?? 'none']);
}

export const isActiveIn = (state: GithubState, team: Team, user: User): boolean =>
  withChildren(state, team).some((each) => each.members[user.id]?.state === 'active');

export const isOwner = (state: GithubState, user: User): boolean => state.org.members[user.id] === 'admin';

/**
 * One source of a role. `entry` is the user's own entry. `organisation` is the base role, a role of the organisation, or
 * being an owner. `enterprise` is a role of the enterprise. `visibility` is an internal repository, which all members can read.
 */
export type RoleSource = Readonly<{
  role: Role;
  from: 'entry' | 'team' | 'organisation' | 'enterprise' | 'visibility';
  team?: Team;
}>;

/** All sources of the user's role on a repository. */
export function sourcesOf(state: GithubState, user: User, repo: Repo): readonly RoleSource[] {
  const { members, baseRole, organisationRoles = {}, enterpriseRoles = {} } = state.org;
  const member = members[user.id];
  const all: RoleSource[] = [
    { role: repo.direct[user.id] ?? 'none', from: 'entry' },
    ...state.teams
      .filter((team) => isActiveIn(state, team, user))
      .map((team) => ({ role: team.repos[repo.id] ?? 'none', from: 'team' as const, team })),
    { role: member === 'admin' ? 'admin' : member ? baseRole : 'none', from: 'organisation' },
    { role: organisationRoles[user.id] ?? 'none', from: 'organisation' },
    { role: enterpriseRoles[user.id] ?? 'none', from: 'enterprise' },
    { role: member && repo.internal ? 'read' : 'none', from: 'visibility' },
  ];
  return all.filter(({ role }) => role !== 'none');
}

/** The highest role from the user's entry and teams, which an account keeps that becomes an outside collaborator. */
export const roleFromTeams = (state: GithubState, user: User, repo: Repo): Role =>
  highest(
    sourcesOf(state, user, repo)
      .filter(({ from }) => from === 'team' || from === 'entry')
      .map(({ role }) => role),
  );

/** The user's effective role on a repository: the highest from all sources. */
export const effectiveRole = (state: GithubState, user: User, repo: Repo): Role =>
  highest(sourcesOf(state, user, repo).map(({ role }) => role));

/**
 * The team membership as GitHub returns it. An owner of the organisation is always a maintainer, even if
 * another role was set.
 */
export function membershipOf(state: GithubState, team: Team, user: User) {
  const own = team.members[user.id];
  const found =
    own ?? (isActiveIn(state, team, user) ? ({ role: 'member', state: 'active' } as const) : undefined);
  return found && { state: found.state, role: isOwner(state, user) ? ('maintainer' as const) : found.role };
}
