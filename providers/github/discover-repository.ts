import type { FoundAccess, FoundPage, FoundSource } from '../provider.ts';
import type { Client } from './client.ts';
import { type At, cursorOf, notShown } from './discover-page.ts';
import { itemsOf, query } from './graphql.ts';
import { requireRepository } from './locate.ts';
import { DISCOVER_COLLABORATORS, type NamedCollaboratorEdge, type SourceNode } from './queries.ts';
import type { RepoTarget } from './target.ts';

const READ = { administration: 'read', members: 'read', metadata: 'read' } as const;
/** A token, the repository, and one query. */
const CALLS = 3;

/**
 * One page of everybody who has access to a repository: by an entry of their own, through a team, or because of the organisation. Custom
 * roles have the name that the organisation gave them. Invitations are not in this list, because they give no access.
 */
export async function discoverRepository(
  client: Client,
  target: RepoTarget,
  { page, signal }: At,
): Promise<FoundPage<RepoTarget>> {
  const at = await requireRepository(client, target, READ, signal);
  const { after } = cursorOf(page, 'all');
  const answer = await query(at.octokit, DISCOVER_COLLABORATORS, { repository: at.node, after });
  const list = answer?.node?.collaborators;
  if (!list) throw notShown(`who has access to ${at.owner}/${at.repo}`);
  const shown = itemsOf(list.edges);
  const hidden = (list.edges ?? []).length - shown.length;
  const { hasNextPage, endCursor } = list.pageInfo;
  return {
    target: { ...target, id: at.id, orgId: at.orgId },
    accesses: shown.map((edge) => accessOf(edge, `${at.owner}/${at.repo}`)),
    ...(hasNextPage && endCursor ? { next: `all ${endCursor}` } : {}),
    calls: CALLS,
    ...(hidden > 0 ? { hidden } : {}),
  };
}

function accessOf({ node, permissionSources }: NamedCollaboratorEdge, where: string): FoundAccess {
  if (!permissionSources) throw notShown(`where the role of ${node.login} in ${where} comes from`);
  const given = permissionSources.map((source) => ({
    source,
    level: (source.roleName ?? 'an unnamed role').toLowerCase(),
  }));
  const own = given.find(({ source }) => source.source.__typename === 'Repository');
  return {
    subject: { id: String(node.databaseId), name: node.login },
    level: own?.level ?? 'none',
    sources: given
      .filter((each) => each !== own && each.level !== 'none')
      .map(({ source, level }) => sourceOf(source, level)),
  };
}

const sourceOf = ({ source }: SourceNode, level: string): FoundSource =>
  source.__typename === 'Team'
    ? { kind: 'team', level, through: `through the team ${source.slug}` }
    : {
        kind: 'organisation',
        level,
        through: 'through the organisation’s base role, a role of the organisation or its ownership',
      };
