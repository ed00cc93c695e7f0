import type { components } from '@octokit/openapi-types';
import { rank } from './rules.ts';
import {
  userOf,
  type Access,
  type Invitation,
  type Repo,
  type Role,
  type Team,
  type User,
  type World,
} from './world.ts';

export type Schemas = components['schemas'];
/** Where links in answers point: `api` to this server, `html` to pages that do not exist here. */
export type Links = Readonly<{ api: string; html: string }>;

const nodeId = (kind: string, id: number): string =>
  `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
export const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

export function simpleUser({ api, html }: Links, { id, login, type }: User): Schemas['simple-user'] {
  const url = `${api}/users/${login}`;
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `${html}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${html}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

export const publicUser = (links: Links, user: User): Schemas['public-user'] => ({
  ...simpleUser(links, user),
  gravatar_id: '',
  name: user.name,
  company: null,
  blog: '',
  location: null,
  email: null,
  hireable: null,
  bio: null,
  twitter_username: null,
  public_repos: 0,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: iso(user.createdAt),
  updated_at: iso(user.createdAt),
});

/** The organisation in the shape of a user, as `owner` of a repository and `account` of an installation. */
export const orgAsUser = (links: Links, { org }: World): Schemas['simple-user'] => ({
  ...simpleUser(links, { id: org.id, login: org.login, name: org.login, type: 'User', createdAt: 0 }),
  node_id: nodeId('O', org.id),
  type: 'Organization',
});

export function organisation({ api, html }: Links, { org }: World): Schemas['organization-simple'] {
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

export const abilities = (role: Role) => ({
  admin: rank(role) >= rank('admin'),
  maintain: rank(role) >= rank('maintain'),
  push: rank(role) >= rank('write'),
  triage: rank(role) >= rank('triage'),
  pull: rank(role) >= rank('read'),
});

export const collaborator = (links: Links, user: User, role: Role): Schemas['collaborator'] => ({
  ...simpleUser(links, user),
  permissions: abilities(role),
  role_name: role,
});

/** Who sent an invitation: the App's own bot account. */
export const bot = (links: Links, { app }: World): Schemas['simple-user'] =>
  simpleUser(links, { id: app.id, login: `${app.slug}[bot]`, name: app.slug, type: 'Bot', createdAt: 0 });

export const orgMembership = (links: Links, world: World, user: User): Schemas['org-membership'] => {
  const role = world.org.members[user.id];
  const invited = world.org.invitations.find(({ invitee }) => invitee === user.id);
  const { api } = links;
  return {
    url: `${api}/orgs/${world.org.login}/memberships/${user.login}`,
    state: role ? 'active' : 'pending',
    role: role ?? invited?.role ?? 'member',
    organization_url: `${api}/orgs/${world.org.login}`,
    organization: organisation(links, world),
    user: simpleUser(links, user),
  };
};

export const orgInvitation = (
  links: Links,
  world: World,
  { id, invitee, role, createdAt }: World['org']['invitations'][number],
): Schemas['organization-invitation'] => ({
  id,
  login: userOf(world, invitee)?.login ?? null,
  node_id: nodeId('OI', id),
  email: null,
  role: role === 'admin' ? 'admin' : 'direct_member',
  created_at: iso(createdAt),
  failed_at: null,
  failed_reason: null,
  inviter: bot(links, world),
  team_count: world.teams.filter((team) => team.members[invitee]?.state === 'pending').length,
  invitation_teams_url: `${links.api}/organizations/${world.org.id}/invitations/${id}/teams`,
});

export const team = (
  { api, html }: Links,
  { org }: World,
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

export const token = (
  links: Links,
  world: World,
  value: {
    token: string;
    expiresAt: number;
    permissions: Record<string, Access>;
    repositories: 'all' | number[];
  },
  narrowed: readonly Repo[] | undefined,
  drawRepo: (links: Links, world: World, repo: Repo) => Schemas['repository'],
): Schemas['installation-token'] => ({
  token: value.token,
  expires_at: iso(value.expiresAt),
  permissions: value.permissions,
  repository_selection: value.repositories === 'all' ? 'all' : 'selected',
  ...(narrowed ? { repositories: narrowed.map((repo) => drawRepo(links, world, repo)) } : {}),
});

export const invitation = (
  links: Links,
  world: World,
  { id, invitee, role, createdAt }: Invitation,
  repository: Schemas['minimal-repository'],
): Schemas['repository-invitation'] => {
  const user = userOf(world, invitee);
  return {
    id,
    node_id: nodeId('RI', id),
    repository,
    invitee: user ? simpleUser(links, user) : null,
    inviter: bot(links, world),
    permissions: role,
    created_at: iso(createdAt),
    expired: false,
    url: `${links.api}/user/repository_invitations/${id}`,
    html_url: `${links.html}/${world.org.login}/${repository.name}/invitations`,
  };
};

export { nodeId };
