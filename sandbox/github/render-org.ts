import { bot, iso, nodeId, simpleUser, type Links, type Schemas } from './render.ts';
import { userOf, type Team, type User, type GithubState } from './state.ts';

export function organisation({ api, html }: Links, { org }: GithubState): Schemas['organization-simple'] {
  const url = `${api}/orgs/${org.login}`;
  return {
    login: org.login,
    id: org.id,
    node_id: nodeId('O', org.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${html}/avatars/${org.id}`,
    description: null,
  };
}

export const orgMembership = (links: Links, state: GithubState, user: User): Schemas['org-membership'] => {
  const role = state.org.members[user.id];
  const invited = state.org.invitations.find(({ invitee }) => invitee === user.id);
  const { api } = links;
  return {
    url: `${api}/orgs/${state.org.login}/memberships/${user.login}`,
    state: role ? 'active' : 'pending',
    role: role ?? invited?.role ?? 'member',
    organization_url: `${api}/orgs/${state.org.login}`,
    organization: organisation(links, state),
    user: simpleUser(links, user),
  };
};

export const orgInvitation = (
  links: Links,
  state: GithubState,
  { id, invitee, role, createdAt }: GithubState['org']['invitations'][number],
): Schemas['organization-invitation'] => ({
  id,
  login: userOf(state, invitee)?.login ?? null,
  node_id: nodeId('OI', id),
  email: null,
  role: role === 'admin' ? 'admin' : 'direct_member',
  created_at: iso(createdAt),
  failed_at: null,
  failed_reason: null,
  inviter: bot(links, state),
  team_count: state.teams.filter((team) => team.members[invitee]?.state === 'pending').length,
  invitation_teams_url: `${links.api}/organizations/${state.org.id}/invitations/${id}/teams`,
});

export const team = (
  { api, html }: Links,
  { org }: GithubState,
  shown: Team,
): Schemas['nullable-team-simple'] & object => ({
  id: shown.id,
  node_id: nodeId('T', shown.id),
  name: shown.name,
  slug: shown.slug,
  description: null,
  privacy: 'closed',
  notification_setting: 'notifications_enabled',
  permission: 'pull',
  url: `${api}/organizations/${org.id}/team/${shown.id}`,
  html_url: `${html}/orgs/${org.login}/teams/${shown.slug}`,
  members_url: `${api}/organizations/${org.id}/team/${shown.id}/members{/member}`,
  repositories_url: `${api}/organizations/${org.id}/team/${shown.id}/repos`,
  type: 'organization',
  organization_id: org.id,
});
