import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Account } from './account.ts';
import { PAGE, pages } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { isRefusal, namesManager } from './refusals.ts';
import { itemsOf, query } from './graphql.ts';
import { identityProviders } from './identity-provider.ts';
import { FIND_MEMBER, LIST_MEMBERS, type MemberEdge } from './queries.ts';
import { TEAM_LADDER } from './target.ts';
import type { Team } from './team-locate.ts';

export type TeamLevel = (typeof TEAM_LADDER)[number];
/**
 * The person's own membership. `invited` is the role of a pending one, which gives nothing until the person accepts. `certain`
 * is false where GitHub does not say whether an active membership is the person's own or comes through a child team. Then `own`
 * is the role that shows.
 */
export type Membership = Readonly<{
  own: TeamLevel;
  invited: TeamLevel;
  viaChild: boolean;
  certain: boolean;
}>;

/** One person and one team, with their current names. */
export type MemberAt = Readonly<{ octokit: Octokit; team: Team; account: Account }>;

export const rank = (level: string): number => TEAM_LADDER.findIndex((known) => known === level);
export const NOT_A_MEMBER: Membership = {
  own: 'none',
  invited: 'none',
  viaChild: false,
  certain: true,
};
const roleOf = (role: string): TeamLevel => (role.toLowerCase() === 'maintainer' ? 'maintainer' : 'member');

/** REST says whether there is a membership at all, and GraphQL whose it is. */
export async function readMembership(at: MemberAt): Promise<Membership> {
  const { octokit, account } = at;
  if (account.hidden) return (await searchMembership(at)) ?? uncertain(await listedRole(at));
  const found = await unlessMissing(octokit.request(`GET ${MEMBERSHIP}`, numbersOf(at)));
  if (!found) return NOT_A_MEMBER;
  const { state, role } = Object(found.data) as Record<string, unknown>;
  if (state === 'pending') return { ...NOT_A_MEMBER, invited: roleOf(String(role)) };
  return (await searchMembership(at)) ?? uncertain(roleOf(String(role)));
}

/**
 * "You can also specify a team by `org_id` and `team_id` using the route …" (Get, Add or update, Remove team membership for a
 * user). The numbers stay the same when somebody renames the team or the organisation during a call.
 */
const MEMBERSHIP = '/organizations/{org_id}/team/{team_id}/memberships/{username}';
const numbersOf = ({ team, account }: MemberAt) => ({
  org_id: team.orgId,
  team_id: team.id,
  username: account.login,
});

const uncertain = (own: TeamLevel): Membership => ({ ...NOT_A_MEMBER, own, certain: false });

/**
 * An active membership, or undefined where GitHub does not say whose it is. The search by name is asked twice in one query:
 * where it finds the person among the child teams only, they are no member of the team itself. Where it finds them nowhere,
 * it does not search by this name, and the whole list is read.
 */
async function searchMembership({ octokit, team, account }: MemberAt): Promise<Membership | undefined> {
  const isThem = ({ node }: MemberEdge): boolean => node.databaseId === account.id;
  const answer = await query(octokit, FIND_MEMBER, { team: team.node, login: account.login });
  if (!answer?.node) return undefined;
  const own = itemsOf(answer.node.own.edges).find(isThem);
  const viaChild = itemsOf(answer.node.child.edges).some(isThem);
  if (own) return { ...NOT_A_MEMBER, own: roleOf(own.role), viaChild };
  if (viaChild) return { ...NOT_A_MEMBER, viaChild };

  const listed = await listedMember(octokit, team, account.id);
  if (listed === 'not-shown') return undefined;
  return listed === 'none'
    ? { ...NOT_A_MEMBER, viaChild: !account.hidden }
    : { ...NOT_A_MEMBER, own: listed, viaChild };
}

/** Reads all pages of the team's own members. */
async function listedMember(
  octokit: Octokit,
  team: Team,
  id: number,
  after: string | null = null,
): Promise<TeamLevel | 'not-shown'> {
  const answer = await query(octokit, LIST_MEMBERS, { team: team.node, after });
  if (!answer?.node) return 'not-shown';
  const { edges, pageInfo } = answer.node.members;
  const member = itemsOf(edges).find((each) => each.node.databaseId === id);
  if (member) return roleOf(member.role);
  return pageInfo.hasNextPage ? listedMember(octokit, team, id, pageInfo.endCursor ?? null) : 'none';
}

/** The role of a member whose account GitHub does not show, or `member` of one who is not listed any more. */
const listedRole = async ({ octokit, team, account }: MemberAt): Promise<TeamLevel> =>
  (await memberWith(octokit, team, account.id, 'maintainer')) ? 'maintainer' : 'member';

/** A member whose account GitHub does not show. The list has the members of child teams too. */
export async function memberWith(
  { rest }: Octokit,
  { org, slug }: Team,
  id: number,
  role: 'all' | 'maintainer' = 'all',
): Promise<Account | undefined> {
  const query = { org, team_slug: slug, per_page: PAGE, role };
  for await (const each of pages((page) => rest.teams.listMembersInOrg({ ...query, page })))
    if (each.id === id) return { id, login: each.login, hidden: true };
  return undefined;
}

/** GitHub lists pending invitations to a team by name, without the account's number. */
export async function isInvitedByName(
  { rest }: Octokit,
  { org, slug }: Team,
  login: string,
): Promise<boolean> {
  const query = { org, team_slug: slug, per_page: PAGE };
  for await (const each of pages((page) => rest.teams.listPendingInvitationsInOrg({ ...query, page })))
    if (each.login?.toLowerCase() === login.toLowerCase()) return true;
  return false;
}

/** A team that an identity provider manages refuses every change. That is a fault only when a change is `needed`. */
export async function setMembership(at: MemberAt, role: TeamLevel, needed: boolean): Promise<void> {
  const { octokit, team } = at;
  try {
    if (role === 'none') await unlessMissing(octokit.request(`DELETE ${MEMBERSHIP}`, numbersOf(at)));
    else await octokit.request(`PUT ${MEMBERSHIP}`, { ...numbersOf(at), role });
  } catch (error) {
    if (!(await isManaged(octokit, team, error))) throw error;
    if (needed)
      throw new Fault(
        'target-managed',
        `github: the identity provider manages the team ${team.org}/${team.slug}, so its members can only be changed there`,
      );
  }
}

/** GitHub documents 403 "if team synchronization is set up", and answers it for other reasons too, such as a blocked address. */
const isManaged = async (octokit: Octokit, team: Team, error: unknown): Promise<boolean> =>
  namesManager(error) || (isRefusal(error) && (await identityProviders(octokit)(team)) === 'managed');
