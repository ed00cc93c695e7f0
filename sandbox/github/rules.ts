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

export const isActiveIn = (state: GithubState, team: Team, user: User): boolean =>
  withChildren(state, team).some((each) => each.members[user.id]?.state === 'active');

export const isOwner = (state: GithubState, user: User): boolean => state.org.members[user.id] === 'admin';

/**
 * The user's highest role on a repository from teams and the organisation, without the user's direct role.
 */
export function indirectRole(state: GithubState, user: User, repo: Repo): Role {
  const member = state.org.members[user.id];
  const teams = state.teams.filter((team) => isActiveIn(state, team, user));
  return highest([
    member === 'admin' ? 'admin' : member ? state.org.baseRole : 'none',
    ...teams.map((team) => team.repos[repo.id] ?? 'none'),
  ]);
}

/**
 * The user's effective role on a repository: the highest of the direct role, the teams' roles and the
 * organisation's role.
 */
export const effectiveRole = (state: GithubState, user: User, repo: Repo): Role =>
  highest([repo.direct[user.id] ?? 'none', indirectRole(state, user, repo)]);

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
