import type { Octokit } from '@octokit/rest';
import type { Intent, Receipt } from '../provider.ts';
import { accountOf, type Account } from './account.ts';
import type { Client } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { itemsOf, query } from './graphql.ts';
import { FIND_MEMBER } from './queries.ts';
import { isRefusal } from './refusals.ts';
import { assertSameAccount } from './same-names.ts';
import type { TeamTarget } from './target.ts';
import { teamFrom, type Team } from './team-locate.ts';

const TEAM = '/organizations/{org_id}/team/{team_id}';
const MEMBERSHIP = `${TEAM}/memberships/{username}` as const;

/**
 * Removes a person from a team with as few points of GitHub's limit as possible, which is 900 a minute: 8 for a member, and 2 for who
 * is none. The team is read once for many calls, and a query in GraphQL counts by itself. It needs the numbers of the team and of the
 * organisation. Undefined when this is not enough, for example because the person shows through a child team: then the ordinary way
 * decides.
 */
export function teamRemoval(client: Client) {
  const teams: Teams = new Map();
  return async (
    { subject, target, level }: Intent<TeamTarget>,
    signal: AbortSignal,
  ): Promise<Receipt | undefined> => {
    const { id, orgId } = target;
    if (level !== 'none' || id === undefined || orgId === undefined) return undefined;
    const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
    const account = await accountOf(octokit, subject);
    if (!account) return undefined;
    const team = await teamOf(octokit, teams, { id, orgId });
    if (!team) return undefined;
    return remove(octokit, team, account);
  };
}

async function remove(octokit: Octokit, team: Team, account: Account): Promise<Receipt | undefined> {
  const at = { org_id: team.orgId, team_id: team.id, username: account.login };
  const isListed = await isMemberByName(octokit, team, account);
  try {
    if (isListed) await unlessMissing(octokit.request(`DELETE ${MEMBERSHIP}`, at));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  // The team was read with this token, so a 404 is about the membership.
  if (await unlessMissing(octokit.request(`GET ${MEMBERSHIP}`, at))) return undefined;
  if (isListed) await assertSameAccount(octokit, account);
  return {
    level: 'none',
    seen: `team ${team.org}/${team.slug}: GitHub shows no membership of ${account.login}`,
    ...(isListed && { lowered: true }),
  };
}

/** True when GitHub's search finds the person among the team's own members. It may not find everybody. */
async function isMemberByName(octokit: Octokit, { node }: Team, { id, login }: Account): Promise<boolean> {
  const answer = await query(octokit, FIND_MEMBER, { team: node, login });
  return itemsOf(answer?.node?.own.edges).some((edge) => edge.node.databaseId === id);
}

type Teams = Map<number, Readonly<{ read: Promise<Team | undefined>; until: number }>>;

/** Longer than this, nobody knows whether the App can still see the team. */
const SEEN_MS = 50_000;

/** A team that is not visible, or was not read, is looked for again. */
function teamOf(
  octokit: Octokit,
  teams: Teams,
  { id, orgId }: Readonly<{ id: number; orgId: number }>,
): Promise<Team | undefined> {
  const known = teams.get(id);
  if (known && known.until > performance.now()) return known.read;
  const read = unlessMissing(octokit.request(`GET ${TEAM}`, { org_id: orgId, team_id: id }))
    .then((found) => teamFrom(found?.data))
    .then((team) => {
      if (team?.orgId !== orgId) teams.delete(id);
      return team?.orgId === orgId ? team : undefined;
    });
  teams.set(id, { read, until: performance.now() + SEEN_MS });
  read.catch(() => teams.delete(id));
  return read;
}
