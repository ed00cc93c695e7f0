import { coversRepo } from './auth.ts';
import { bodyOf, noContent, page, repoIn, stateOf, teamIn, type Api, type Call } from './http.ts';
import { invalid, notFound } from './problem.ts';
import { teamRepository } from './render-repo.ts';
import { roleFrom, roleOfTeam } from './rules.ts';
import type { Team } from './state.ts';

/** Routes for the repositories of teams. */
export function teamRepoRoutes(api: Api): void {
  const list = '/orgs/:org/teams/:team_slug/repos';
  api.get(list, (c) => {
    const team = teamIn(c, 'read');
    const found = stateOf(c).repos.flatMap((repo) => {
      const role = roleOfTeam(stateOf(c), team, repo);
      return role === 'none' || !coversRepo(c.get('caller'), repo) ? [] : [{ repo, role }];
    });
    return c.json(
      page(c, found).map(({ repo, role }) => teamRepository(c.get('links'), stateOf(c), repo, role)),
    );
  });
  const path = `${list}/:owner/:repo`;
  api.get(path, (c) => {
    const [team, repo] = [teamIn(c, 'read'), repoIn(c, 'metadata', 'read')];
    const role = team.repos[repo.id];
    if (!role) throw notFound();
    // GitHub sends the body only for this media type. Without it the response is 204 or 404.
    const detailed = c.req.header('accept')?.includes('application/vnd.github.v3.repository+json');
    return detailed ? c.json(teamRepository(c.get('links'), stateOf(c), repo, role)) : noContent(c);
  });
  api.put(path, async (c) => {
    const [team, repo] = [teamIn(c, 'write'), repoIn(c, 'administration', 'write')];
    const { permission = 'pull' } = await bodyOf(c, { permission: 'string' });
    const role = roleFrom(String(permission));
    if (!role)
      throw invalid('Validation Failed', [{ resource: 'Team', field: 'permission', code: 'invalid' }]);
    changeTeamRepo(c, team, repo.id, () => (team.repos[repo.id] = role));
    return noContent(c);
  });
  api.delete(path, (c) => {
    const [team, repo] = [teamIn(c, 'write'), repoIn(c, 'administration', 'write')];
    changeTeamRepo(c, team, repo.id, () => delete team.repos[repo.id]);
    return noContent(c);
  });
}

function changeTeamRepo(c: Call, team: Team, repo: number, act: () => unknown): void {
  const { org, repos } = stateOf(c);
  const before = team.repos[repo] ?? 'none';
  act();
  const after = team.repos[repo] ?? 'none';
  const target = `${org.login}/${repos.find(({ id }) => id === repo)?.name}`;
  if (before !== after)
    c.get('context').record({ what: 'team-repository', user: team.id, target, before, after });
}
