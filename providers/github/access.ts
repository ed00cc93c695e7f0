import type { Level, Source } from '../provider.ts';
import { orgStandingOf, THROUGH_OWNERSHIP, type Account } from './account.ts';
import { PAGE, pages } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { itemsOf, query } from './graphql.ts';
import type { At } from './locate.ts';
import { FIND_COLLABORATOR, type CollaboratorEdge, type SourceNode } from './queries.ts';
import { REPO_LADDER, type RepoRole } from './target.ts';

/**
 * What one person has in a repository. `own` is the role of their own entry. `certain` is false where GitHub does not say which
 * role the own entry has. Then `own` is the role that shows, and the own entry has at most that. `sources` are all other
 * sources.
 */
export type RepoAccess = Readonly<{
  own: Level;
  certain: boolean;
  isOwner: boolean;
  sources: readonly Source[];
}>;

export const rank = (level: Level): number => REPO_LADDER.findIndex((known) => known === level);
export const isRole = (level: Level): level is RepoRole => rank(level) > 0;
/** A custom role has no level in the ladder. It counts as higher than every other role. */
export const isAbove = (shown: Level, level: Level): boolean =>
  shown !== 'none' && shown !== level && (!isRole(shown) || rank(shown) > rank(level));

const NO_ACCESS: RepoAccess = { own: 'none', certain: true, isOwner: false, sources: [] };
/** Of a source whose `roleName` is null. It counts as higher than every other role, like a custom role. */
const NO_ROLE_NAME = 'an unnamed role';
const UNNAMED = 'through a role of the enterprise, or in another way that GitHub does not name';

/**
 * Reads the role from all sources first: who has none has no entry either. Otherwise GitHub says in GraphQL where the role
 * comes from. Where it does not, the list of the people who were added by name says whether there is an own entry.
 */
export async function readAccess(at: At, account: Account): Promise<RepoAccess> {
  const shown = await effectiveRole(at, account);
  if (shown === 'none' && !account.hidden) return NO_ACCESS;
  const effective = shown ?? 'none';
  const said = await askSources(at, account);
  if (said) return withRest(at, said, effective);
  const listed = await listedRole(at, account.id);
  const unnamed = (level: Level): readonly Source[] =>
    level === 'none' ? [] : [{ level, through: throughOf(at, level) }];
  if (listed === undefined) return { ...NO_ACCESS, sources: unnamed(effective) };
  // No role is lower than `read`, so an entry that shows as `read` has that role.
  return {
    ...NO_ACCESS,
    own: listed,
    certain: listed === 'read',
    isOwner: await isOwner(at, account, listed),
  };
}

/** The person's own entry. One query is enough where GitHub says the sources. */
export const readEntry = async (at: At, account: Account): Promise<RepoAccess> =>
  (await askSources(at, account)) ?? (await readAccess(at, account));

/**
 * Undefined where GitHub does not say the sources or the role of the own entry, or shows no access at all. `roleName` may be
 * null in GitHub's schema, and that says nothing about the role.
 */
async function askSources(at: At, account: Account): Promise<RepoAccess | undefined> {
  const answer = await query(at.octokit, FIND_COLLABORATOR, { repository: at.node, login: account.login });
  const edges: readonly CollaboratorEdge[] = itemsOf(answer?.node?.collaborators?.edges);
  const sources = edges.find(({ node }) => node.databaseId === account.id)?.permissionSources;
  if (!sources || sources.some((source) => typeOf(source) === 'Repository' && !source.roleName))
    return undefined;
  const known = sources.map((source) => ({ source, level: (source.roleName ?? NO_ROLE_NAME).toLowerCase() }));
  const given = known.filter(({ level }) => level !== 'none');
  const own = given.find(({ source }) => typeOf(source) === 'Repository');
  const organisation = given.filter(({ source }) => typeOf(source) === 'Organization');
  const owns = organisation.some(({ level }) => level === 'admin') && (await isOwner(at, account, 'admin'));
  return {
    own: own?.level ?? 'none',
    certain: true,
    isOwner: owns,
    sources: given
      .filter((each) => each !== own)
      .map(({ source, level }) => ({ level, through: throughSource(source, owns && level === 'admin') })),
  };
}

const typeOf = ({ source }: SourceNode) => source.__typename;

function throughSource({ source }: SourceNode, isOwnership: boolean): string {
  if (isOwnership) return THROUGH_OWNERSHIP;
  if (source.__typename === 'Team') return `through the team ${source.slug}`;
  return 'through the organisation’s base role or a role of the organisation';
}

/** Adds what the sources do not explain. They name no role of the enterprise, and no visibility of the repository. */
function withRest(at: At, said: RepoAccess, effective: Level): RepoAccess {
  const isExplained = [said.own, ...said.sources.map(({ level }) => level)].some(
    (level) => level === NO_ROLE_NAME || !isAbove(effective, level),
  );
  return isExplained
    ? said
    : { ...said, sources: [...said.sources, { level: effective, through: throughOf(at, effective) }] };
}

const throughOf = ({ visibility }: At, level: Level): string =>
  level === 'read' && visibility !== 'private' ? `because the repository is ${visibility}` : UNNAMED;

const isOwner = async ({ octokit, owner }: At, account: Account, shown: Level): Promise<boolean> =>
  shown === 'admin' && (await orgStandingOf(octokit, owner, account)) === 'owner';

/**
 * The person's role from all sources together, or undefined for a 404, which says that GitHub does not show the account, or
 * that the repository has another name: "The calculated permissions are the highest role assigned to the collaborator
 * after considering all sources of grants, including: repo, teams, organization, and enterprise". `role_name` counts,
 * because `permission` shows maintain as "write" and triage as "read".
 */
async function effectiveRole(
  { octokit: { rest }, owner, repo }: At,
  { login }: Account,
): Promise<Level | undefined> {
  const query = { owner, repo, username: login };
  const found = await unlessMissing(rest.repos.getCollaboratorPermissionLevel(query));
  return found && (found.data.role_name || 'none');
}

/** The role that shows for a person who was added by name, or undefined for everybody else. */
async function listedRole({ octokit: { rest }, owner, repo }: At, id: number): Promise<Level | undefined> {
  const query = { owner, repo, affiliation: 'direct', per_page: PAGE } as const;
  for await (const each of pages((page) => rest.repos.listCollaborators({ ...query, page })))
    if (each.id === id) return each.role_name;
  return undefined;
}

/** The role and its sources, in words. */
export const describeSources = (sources: readonly Source[]): string => {
  const highest = sources.reduce<Level>((top, { level }) => (isAbove(level, top) ? level : top), 'none');
  const through = sources.filter(({ level }) => level === highest).map((source) => source.through);
  return `${highest} ${through.join(' and ')}`;
};
