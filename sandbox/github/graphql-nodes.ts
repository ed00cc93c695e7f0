import { GraphQLError } from 'graphql';
import { coversRepo, requirePermission } from './auth.ts';
import { stateOf, type Call } from './http.ts';
import { Problem } from './problem.ts';
import { nodeId } from './render.ts';
import { effectiveRole, isActiveIn, membershipOf, sourcesOf, type RoleSource } from './rules.ts';
import { userNamed, type GithubState, type Repo, type Role, type Team, type User } from './state.ts';

const failed = (type: string, message: string) => new GraphQLError(message, { extensions: { type } });

/** The object with this id, as far as the token may see it. What it may not see does not exist. */
export function nodeIn(c: Call, id: string): unknown {
  const state = stateOf(c);
  const repo = state.repos.find((each) => nodeId('R', each.id) === id);
  if (repo && coversRepo(c.get('caller'), repo)) return repositoryNode(c, repo);
  const team = state.teams.find((each) => nodeId('T', each.id) === id);
  if (team) {
    requireMembers(c);
    return teamNode(c, team);
  }
  throw failed('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}

/** "Lookup a organization by login." Names are not case-sensitive. */
export function organisationNamed(c: Call, login: string): unknown {
  const state = stateOf(c);
  if (state.org.login.toLowerCase() !== login.toLowerCase())
    throw failed('NOT_FOUND', `Could not resolve to an Organization with the login of '${login}'.`);
  const team = ({ slug }: { slug: string }) => {
    requireMembers(c);
    const found = state.teams.find((each) => each.slug === slug);
    return found ? teamNode(c, found) : null;
  };
  return { ...organisationNode(state), team };
}

/** "Lookup a user by login." An account that an enterprise hides does not exist for the token. */
export function accountNamed(c: Call, login: string): unknown {
  const user = userNamed(stateOf(c), login);
  if (!user || user.hidden)
    throw failed('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`);
  return userNode(user);
}

/** Teams, and the sources of a role, need the permission Members. */
function requireMembers(c: Call): void {
  try {
    requirePermission(c.get('caller'), 'members', 'read');
  } catch (error) {
    throw error instanceof Problem ? failed('FORBIDDEN', error.body.message ?? '') : error;
  }
}

const userNode = ({ id, login }: User) => ({
  __typename: 'User',
  id: nodeId('U', id),
  databaseId: id,
  login,
});

const organisationNode = ({ org }: GithubState) => ({
  __typename: 'Organization',
  id: nodeId('O', org.id),
  databaseId: org.id,
  login: org.login,
});

type Page = Readonly<{ first?: number; after?: string | null }>;

/** "You must provide a `first` or `last` value", of 1 to 100. A cursor is the place of an item. */
function connection<T extends object>(items: readonly T[], field: string, { first, after }: Page) {
  if (first === undefined)
    throw failed(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${field}\` connection.`,
    );
  if (first < 1 || first > 100)
    throw failed(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first} records on the \`${field}\` connection exceeds the \`first\` limit of 100 records.`,
    );
  const from = after ? Number(Buffer.from(after, 'base64url').toString()) : 0;
  const edges = items
    .map((item, place) => ({ ...item, cursor: Buffer.from(String(place + 1)).toString('base64url') }))
    .slice(from, from + first);
  return {
    edges,
    totalCount: items.length,
    pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: from + first < items.length },
  };
}

const matches = (query: string | undefined, { login, name }: User): boolean =>
  query === undefined || [login, name].some((text) => text.toLowerCase().includes(query.toLowerCase()));

type MembersQuery = Page & Readonly<{ membership: 'ALL' | 'CHILD_TEAM' | 'IMMEDIATE'; query?: string }>;

function teamNode(c: Call, team: Team) {
  const state = stateOf(c);
  const isImmediate = ({ id }: User) => team.members[id]?.state === 'active';
  const children = state.teams.filter(({ parent }) => parent === team.id);
  const isInChild = (user: User) => children.some((child) => isActiveIn(state, child, user));
  const kinds = {
    IMMEDIATE: isImmediate,
    CHILD_TEAM: isInChild,
    ALL: (user: User) => isImmediate(user) || isInChild(user),
  };
  return {
    __typename: 'Team',
    id: nodeId('T', team.id),
    databaseId: team.id,
    slug: team.slug,
    members: ({ membership, query, ...page }: MembersQuery) =>
      connection(
        state.users
          .filter((user) => kinds[membership](user) && matches(query, user))
          .map((user) => ({
            node: userNode(user),
            role: membershipOf(state, team, user)?.role === 'maintainer' ? 'MAINTAINER' : 'MEMBER',
          })),
        'members',
        page,
      ),
  };
}

type CollaboratorsQuery = Page &
  Readonly<{ affiliation?: 'ALL' | 'DIRECT' | 'OUTSIDE'; login?: string; query?: string }>;

function repositoryNode(c: Call, repo: Repo): object {
  const state = stateOf(c);
  const isDirect = ({ id }: User) => repo.direct[id] !== undefined;
  const kinds = {
    ALL: (user: User) => isDirect(user) || state.org.members[user.id] !== undefined,
    DIRECT: isDirect,
    OUTSIDE: (user: User) => isDirect(user) && state.org.members[user.id] === undefined,
  };
  const collaborators = ({ affiliation = 'ALL', login, query, ...page }: CollaboratorsQuery) =>
    connection(
      state.users
        .filter((user) => effectiveRole(state, user, repo) !== 'none' && kinds[affiliation](user))
        .filter((user) => login === undefined || user.login.toLowerCase() === login.toLowerCase())
        .filter((user) => matches(query, user))
        .map((user) => ({
          node: userNode(user),
          permission: effectiveRole(state, user, repo).toUpperCase(),
          permissionSources: () => permissionSources(c, repo, user),
        })),
      'collaborators',
      page,
    );
  return {
    __typename: 'Repository',
    id: nodeId('R', repo.id),
    databaseId: repo.id,
    name: repo.name,
    collaborators,
  };
}

/** The legacy permission: maintain is WRITE and triage is READ. `roleName` has the role itself. */
const PERMISSION: Readonly<Record<Role, string>> = {
  none: 'NONE',
  read: 'READ',
  triage: 'READ',
  write: 'WRITE',
  maintain: 'WRITE',
  admin: 'ADMIN',
};

function permissionSources(c: Call, repo: Repo, user: User) {
  requireMembers(c);
  const state = stateOf(c);
  return sourcesOf(state, user, repo)
    .filter(({ from }) => from !== 'enterprise' && from !== 'visibility')
    .map((source) => ({
      organization: organisationNode(state),
      permission: PERMISSION[source.role],
      roleName: source.role,
      source: () => granter(c, repo, source),
    }));
}

/** A team of the enterprise belongs to no organisation, so a token of an organisation does not see it. */
function granter(c: Call, repo: Repo, { from, team }: RoleSource): object {
  if (from === 'entry') return repositoryNode(c, repo);
  if (team?.slug.startsWith('ent:'))
    throw failed('NOT_FOUND', `Could not resolve to a node with the global id of '${nodeId('T', team.id)}'`);
  return team ? teamNode(c, team) : organisationNode(stateOf(c));
}
