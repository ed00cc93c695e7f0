import { inviteToOrg, setTeamMember } from './changes.ts';
import { bodyOf, noContent, orgIn, page, teamIn, userIn, stateOf, type Api, type Call } from './http.ts';
import { invalid, notFound, Problem } from './problem.ts';
import { orgInvitation, team as renderTeam } from './render-org.ts';
import { iso, orgAsUser, simpleUser } from './render.ts';
import { isActiveIn, membershipOf } from './rules.ts';
import type { Team, User } from './state.ts';

/** Routes for teams, their members and their repositories. */
export function teamRoutes(api: Api): void {
  api.get('/orgs/:org/teams', (c) => {
    orgIn(c, 'members', 'read');
    return listTeams(c, stateOf(c).teams);
  });
  api.get('/orgs/:org/teams/:team_slug/teams', (c) => {
    const { id } = teamIn(c, 'read');
    return listTeams(
      c,
      stateOf(c).teams.filter(({ parent }) => parent === id),
    );
  });
  // "You can also specify a team by org_id and team_id using the route …"
  for (const team of ['/orgs/:org/teams/:team_slug', '/organizations/:org_id/team/:team_id']) {
    api.get(team, (c) => c.json(fullTeam(c, teamIn(c, 'read'))));
    api.get(`${team}/members`, listMembers);
    api.get(`${team}/invitations`, listInvitations);
    api.get(`${team}/external-groups`, (c) => c.json({ groups: externalGroupsOf(c, teamIn(c, 'write')) }));
    api.get(`${team}/team-sync/group-mappings`, (c) => c.json({ groups: groupsOf(c, teamIn(c, 'write')) }));
    api.get(`${team}/memberships/:username`, (c) => c.json(membership(c, teamIn(c, 'read'), userIn(c))));
    api.put(`${team}/memberships/:username`, addMember);
    api.delete(`${team}/memberships/:username`, removeMember);
  }
}

function removeMember(c: Call): Response {
  const team = teamIn(c, 'write');
  const user = userIn(c);
  refuseSynchronised(team);
  if (!team.members[user.id]) throw notFound();
  setTeamMember(c.get('context'), team, user, undefined);
  return noContent(c);
}

/** "List pending team invitations": those to the organisation that bring the membership of this team. */
function listInvitations(c: Call): Response {
  const team = teamIn(c, 'read');
  const { org } = stateOf(c);
  const pending = org.invitations.filter(({ invitee }) => team.members[invitee]?.state === 'pending');
  return c.json(page(c, pending).map((each) => orgInvitation(c.get('links'), stateOf(c), each)));
}

function listTeams(c: Call, teams: readonly Team[]): Response {
  const found = page(c, teams);
  return c.json(
    found.map((each) => ({ ...renderTeam(c.get('links'), stateOf(c), each), parent: parentOf(c, each) })),
  );
}

/**
 * "List a connection between an external group and a team". Needs to write members, as GitHub documents. GitHub's answer for
 * an organisation without managed users is recorded in github/gh-gei#649. That for a team without a group is assumed.
 */
function externalGroupsOf(c: Call, { externalGroup, slug, id }: Team) {
  if (!stateOf(c).org.managedUsers)
    throw new Problem(400, 'This organization is not part of externally managed enterprise.');
  if (!externalGroup) throw new Problem(400, 'This team is not externally managed.');
  return [{ group_id: id, group_name: slug, updated_at: iso(0) }];
}

/**
 * "List IdP groups for a team". Needs to write members, as GitHub documents, and "cannot be used with Enterprise Managed
 * Users". The answer is recorded in integrations/terraform-provider-github#1625.
 */
function groupsOf(c: Call, { synchronised, slug }: Team) {
  if (stateOf(c).org.managedUsers) throw new Problem(403, 'This team is not externally managed.');
  return synchronised ? [{ group_id: `idp-${slug}`, group_name: slug, group_description: '' }] : [];
}

/** Refuses to change a team whose members come from a group of the identity provider. */
function refuseSynchronised(team: Team): void {
  if (team.externalGroup)
    throw new Problem(403, 'You cannot create or update members for an external group backed team.');
  if (team.synchronised)
    throw new Problem(
      403,
      'This team is synchronized with an identity provider group. Manage membership there.',
    );
}

async function addMember(c: Call): Promise<Response> {
  const team = teamIn(c, 'write');
  const { role = 'member' } = await bodyOf(c, { role: 'string' });
  const [user, context, state] = [userIn(c), c.get('context'), stateOf(c)];
  refuseSynchronised(team);
  if (role !== 'member' && role !== 'maintainer')
    throw invalid('Validation Failed', [{ resource: 'TeamMember', field: 'role', code: 'invalid' }]);
  const isMember = state.org.members[user.id] !== undefined;
  if (!isMember) inviteToOrg(context, user, 'member');
  setTeamMember(context, team, user, { role, state: isMember ? 'active' : 'pending' });
  return c.json(membership(c, team, user));
}

function membership(c: Call, team: Team, user: User) {
  const found = membershipOf(stateOf(c), team, user);
  if (!found) throw notFound();
  const url = `${c.get('links').api}/organizations/${stateOf(c).org.id}/team/${team.id}/memberships/${user.login}`;
  return { url, ...found };
}

function listMembers(c: Call): Response {
  const team = teamIn(c, 'read');
  const [state, wanted] = [stateOf(c), c.req.query('role') ?? 'all'];
  const found = state.users.flatMap((user) => {
    const role = isActiveIn(state, team, user) ? membershipOf(state, team, user)?.role : undefined;
    const inherited = team.members[user.id]?.state !== 'active';
    return role && (wanted === 'all' || wanted === role) ? [{ user, role, inherited }] : [];
  });
  return c.json(page(c, found).map(({ user, ...own }) => ({ ...simpleUser(c.get('links'), user), ...own })));
}

function parentOf(c: Call, { parent }: Team) {
  const found = stateOf(c).teams.find(({ id }) => id === parent);
  return found ? renderTeam(c.get('links'), stateOf(c), found) : null;
}

const fullTeam = (c: Call, team: Team) => ({
  ...renderTeam(c.get('links'), stateOf(c), team),
  parent: parentOf(c, team),
  members_count: stateOf(c).users.filter((user) => isActiveIn(stateOf(c), team, user)).length,
  repos_count: Object.keys(team.repos).length,
  created_at: iso(0),
  updated_at: iso(0),
  organization: { ...orgAsUser(c.get('links'), stateOf(c)), type: 'Organization' },
});
