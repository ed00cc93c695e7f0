import { orgStandingOf, type Account } from './account.ts';
import { PAGE, pages } from './client.ts';
import { unlessMissing } from './failures.ts';
import type { At } from './locate.ts';

/** Access that comes to somebody from elsewhere than their own entry in a repository. */
export type Source = Readonly<{ role: string; through: string }>;

const ROLE_OF: Readonly<Record<string, string>> = { pull: 'read', push: 'write' };

/**
 * GitHub's REST interface shows the sum only. The parts that can be asked for: owners of the organisation,
 * and the teams that open the repository. What is left then is the organisation's base role, which no
 * entry of a member may be below.
 */
export async function otherSources(
  { octokit, owner, repo }: At,
  account: Account,
): Promise<readonly Source[]> {
  const { rest } = octokit;
  if ((await orgStandingOf(octokit, owner, account)) === 'owner')
    return [{ role: 'admin', through: 'as an owner of the organisation' }];
  const sources: Source[] = [];
  for await (const team of pages((page) => rest.repos.listTeams({ owner, repo, per_page: PAGE, page }))) {
    const query = { org: owner, team_slug: team.slug, username: account.login };
    const found = await unlessMissing(rest.teams.getMembershipForUserInOrg(query));
    if (found?.data.state === 'active')
      sources.push({
        role: ROLE_OF[team.permission] ?? team.permission,
        through: `through the team ${team.slug}`,
      });
  }
  return sources;
}

/** Where somebody's role comes from; what no team explains comes with being a member. */
export const describeSources = (role: string, sources: readonly Source[]): string => {
  const through = sources.filter((source) => source.role === role).map((source) => source.through);
  return `${role} ${through.join(' and ') || 'through the organisation’s base role'}`;
};
