import type { Octokit } from '@octokit/rest';
import type { Intent, Receipt } from '../provider.ts';
import type { Client } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { itemsOf, query } from './graphql.ts';
import { FIND_TEAM_MEMBER } from './queries.ts';
import { isRefusal } from './refusals.ts';
import type { TeamTarget } from './target.ts';

const MEMBERSHIP = '/organizations/{org_id}/team/{team_id}/memberships/{username}';

/**
 * Removes a person from a team with as few points of GitHub's limit as possible, which is 900 a minute: 6 for a member, and 1 for who
 * is none. The rest is two queries in GraphQL, which has a limit of its own. It needs the numbers of the team and of the organisation.
 * Undefined when this is not enough, for example because somebody renamed the account, or the person shows through a child team: then
 * the ordinary way decides.
 */
export async function removeFromTeam(
  client: Client,
  { subject, target, level }: Intent<TeamTarget>,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  const { id, orgId, org, team } = target;
  if (level !== 'none' || id === undefined || orgId === undefined) return undefined;
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const sought = { id, orgId, org, team, account: Number(subject.id), login: subject.name };
  const before = await look(octokit, sought);
  if (!before.isThere) return undefined;
  const at = { org_id: orgId, team_id: id, username: subject.name };
  try {
    if (before.isMember) await unlessMissing(octokit.request(`DELETE ${MEMBERSHIP}`, at));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  // The team is visible with this token, and the account has this name before and after. So a 404 is about the membership.
  if (await unlessMissing(octokit.request(`GET ${MEMBERSHIP}`, at))) return undefined;
  if (before.isMember && !(await look(octokit, sought)).isThere) return undefined;
  return {
    level: 'none',
    seen: `team ${org}/${team}: GitHub shows no membership of ${subject.name}`,
    ...(before.isMember && { lowered: true }),
  };
}

type Sought = Readonly<Record<'id' | 'orgId' | 'account', number> & Record<'org' | 'team' | 'login', string>>;

/**
 * `isThere`: the account and the team still have the names of the lease. `isMember`: GitHub's search finds the account among the team's
 * own members. It may not find everybody.
 */
async function look(
  octokit: Octokit,
  { id, orgId, account, org, team, login }: Sought,
): Promise<Readonly<{ isThere: boolean; isMember: boolean }>> {
  const answer = await query(octokit, FIND_TEAM_MEMBER, { org, team, login });
  const { user, organization } = answer ?? {};
  const isThere =
    user?.databaseId === account &&
    organization?.databaseId === orgId &&
    organization.team?.databaseId === id;
  const members = itemsOf(organization?.team?.members.edges);
  return { isThere, isMember: isThere && members.some(({ node }) => node.databaseId === account) };
}
