import { orgStandingOf, type Account } from './account.ts';
import { PAGE, pages } from './client.ts';
import { unlessMissing } from './failures.ts';
import type { At } from './locate.ts';

/** Access to a repository that does not come from the person's own entry. */
export type Source = Readonly<{ role: string; through: string }>;

const ROLE_OF: Readonly<Record<string, string>> = { pull: 'read', push: 'write' };

/**
 * GitHub's REST API shows only the highest role from all sources. Two sources can be read: owners of the
 * organisation, and the teams that have the repository. The remaining source is the organisation's base role, and
 * no entry of a member can be lower than that.
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

/** The role and its sources. A role that comes from no team is the organisation's base role. */
export const describeSources = (role: string, sources: readonly Source[]): string => {
  const through = sources.filter((source) => source.role === role).map((source) => source.through);
  return `${role} ${through.join(' and ') || 'through the organisation’s base role'}`;
};
