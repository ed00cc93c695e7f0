import type { FoundAccess, FoundPage } from '../provider.ts';
import type { Client } from './client.ts';
import { type At, cursorOf, notShown } from './discover-page.ts';
import { itemsOf, query } from './graphql.ts';
import { identityProviders } from './identity-provider.ts';
import { DISCOVER_CHILD_MEMBERS, DISCOVER_MEMBERS, type NamedMemberEdge } from './queries.ts';
import type { TeamTarget } from './target.ts';
import { requireTeam } from './team-locate.ts';

/** A token, the team, and one query. The first page also asks twice who manages the team. */
const CALLS = { page: 3, managed: 2 } as const;

/**
 * One page of a team: first its own members, and then those of its child teams. Who is in both is on two pages. REST lists both kinds together, so
 * GraphQL is asked. Invitations are not in these lists, because they give no access.
 */
export async function discoverTeam(
  client: Client,
  target: TeamTarget,
  { page, signal }: At,
): Promise<FoundPage<TeamTarget>> {
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const team = await requireTeam(client, octokit, target, signal);
  const { list, after } = cursorOf(page, 'own');
  const isOwn = list === 'own';
  const answer = await query(octokit, isOwn ? DISCOVER_MEMBERS : DISCOVER_CHILD_MEMBERS, {
    team: team.node,
    after,
  });
  if (!answer?.node) throw notShown(`the members of the team ${team.org}/${team.slug}`);
  const { edges, pageInfo } = answer.node.members;
  const shown = itemsOf(edges);
  const isManaged = page === undefined && (await identityProviders(octokit)(team)) === 'managed';
  const next = nextPage(list, pageInfo);
  const hidden = (edges ?? []).length - shown.length;
  return {
    target: { ...target, id: team.id, orgId: team.orgId },
    accesses: shown.map((edge) => accessOf(edge, isOwn)),
    ...(next === undefined ? {} : { next }),
    calls: CALLS.page + (page === undefined ? CALLS.managed : 0),
    ...(isManaged ? { managedBy: 'the identity provider of the organisation' } : {}),
    ...(hidden > 0 ? { hidden } : {}),
  };
}

function nextPage(
  list: string,
  { hasNextPage, endCursor }: Readonly<{ hasNextPage: boolean; endCursor?: string | null | undefined }>,
) {
  if (hasNextPage && endCursor) return `${list} ${endCursor}`;
  return list === 'own' ? 'child' : undefined;
}

const accessOf = ({ role, node }: NamedMemberEdge, isOwn: boolean): FoundAccess => {
  const level = role === 'MAINTAINER' ? 'maintainer' : 'member';
  return {
    subject: { id: String(node.databaseId), name: node.login },
    level: isOwn ? level : 'none',
    sources: isOwn ? [] : [{ kind: 'child-team', level: 'member', through: 'through a child team' }],
  };
};
