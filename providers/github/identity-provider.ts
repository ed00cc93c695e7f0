import type { Octokit } from '@octokit/rest';
import { statusOf } from './failed-call.ts';
import { toFault } from './failures.ts';
import { noGroupsReason } from './refusals.ts';
import type { Team } from './team-locate.ts';

/** Whether an identity provider manages the members of a team. `unknown`: GitHub does not say it to this App. */
export type Management = 'managed' | 'free' | 'unknown';

/**
 * Reads the groups of an identity provider that a team is connected with: an external group of an enterprise with managed
 * users ("List a connection between an external group and a team"), or team synchronization ("List IdP groups for a team").
 * Both need Members to write, although they only read. An organisation that does not have one of the features is not asked
 * again for other teams. What one team answers says nothing about another one.
 */
export function identityProviders(
  octokit: Octokit,
): (team: Pick<Team, 'org' | 'slug'>) => Promise<Management> {
  const routes = new Set([
    'GET /orgs/{org}/teams/{team_slug}/external-groups',
    'GET /orgs/{org}/teams/{team_slug}/team-sync/group-mappings',
  ]);
  return async ({ org, slug }) => {
    let isShown = true;
    for (const route of routes) {
      const groups = await groupsOf(octokit, route, { org, team_slug: slug });
      if (groups === 'some') return 'managed';
      if (groups === 'none-in-organisation') routes.delete(route);
      if (groups === 'not-shown') isShown = false;
    }
    return isShown ? 'free' : 'unknown';
  };
}

/** Whether there are groups, or why none are shown. */
async function groupsOf(
  octokit: Octokit,
  route: string,
  at: Readonly<{ org: string; team_slug: string }>,
): Promise<'some' | ReturnType<typeof noGroupsReason>> {
  try {
    const { groups } = Object((await octokit.request(route, at)).data) as { groups?: unknown };
    return Array.isArray(groups) && groups.length > 0 ? 'some' : 'none-in-team';
  } catch (error) {
    const fault = toFault(error);
    if (fault.retry || statusOf(error) === 0) throw fault;
    return noGroupsReason(error);
  }
}
