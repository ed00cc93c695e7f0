import { ROLES, type Repo, type Role, type Team, type User, type World } from './world.ts';

/** What request bodies call the roles ("Add a repository collaborator", parameter `permission`). */
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
export const withChildren = (world: World, team: Team): Team[] => [
  team,
  ...world.teams.filter((child) => child.parent === team.id).flatMap((child) => withChildren(world, child)),
];

export const isActiveIn = (world: World, team: Team, user: User): boolean =>
  withChildren(world, team).some((each) => each.members[user.id]?.state === 'active');

export const isOwner = (world: World, user: User): boolean => world.org.members[user.id] === 'admin';

/** A repository role from everywhere but the person's own entry. */
export function indirectRole(world: World, user: User, repo: Repo): Role {
  const member = world.org.members[user.id];
  const teams = world.teams.filter((team) => isActiveIn(world, team, user));
  return highest([
    member === 'admin' ? 'admin' : member ? world.org.baseRole : 'none',
    ...teams.map((team) => team.repos[repo.id] ?? 'none'),
  ]);
}

/** The highest role from all sources: the person's own entry, teams, organisation. What really counts. */
export const effectiveRole = (world: World, user: User, repo: Repo): Role =>
  highest([repo.direct[user.id] ?? 'none', indirectRole(world, user, repo)]);

/** What the `role` of a team membership reads as: owners are always maintainers, whatever was asked. */
export function membershipOf(world: World, team: Team, user: User) {
  const own = team.members[user.id];
  const found =
    own ?? (isActiveIn(world, team, user) ? ({ role: 'member', state: 'active' } as const) : undefined);
  return found && { state: found.state, role: isOwner(world, user) ? ('maintainer' as const) : found.role };
}
