import type { Intent, Receipt } from '../provider.ts';
import { accountOf } from './account.ts';
import type { Client } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { isRefusal } from './refusals.ts';
import { assertSameAccount } from './same-names.ts';
import type { TeamTarget } from './target.ts';

const MEMBERSHIP = '/organizations/{org_id}/team/{team_id}/memberships/{username}';

/**
 * Removes a person from a team with as few points of GitHub's limit as possible: 8 of the 900 of a minute. It needs the numbers of
 * the team and of the organisation. Undefined when this was not enough, for example because the person shows through a child team:
 * then the ordinary way decides.
 */
export async function removeFromTeam(
  client: Client,
  { subject, target: { id, orgId, org, team }, level }: Intent<TeamTarget>,
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  if (level !== 'none' || id === undefined || orgId === undefined) return undefined;
  const octokit = await client.withToken({ permissions: { members: 'write' } }, signal);
  const account = await accountOf(octokit, subject);
  if (!account) return undefined;
  const at = { org_id: orgId, team_id: id, username: account.login };
  try {
    // A 404 is no proof here: it is also the answer of an organisation that the App is not installed in.
    if (!(await unlessMissing(octokit.request(`DELETE ${MEMBERSHIP}`, at)))) return undefined;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  if (await unlessMissing(octokit.request(`GET ${MEMBERSHIP}`, at))) return undefined;
  await assertSameAccount(octokit, account);
  return {
    level: 'none',
    seen: `team ${org}/${team}: ${account.login} was removed, and GitHub shows no membership`,
    lowered: true,
  };
}
