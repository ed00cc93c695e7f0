import type { components } from '@octokit/openapi-types';
import { rank } from './rules.ts';
import type { Role, User, GithubState } from './state.ts';

export type Schemas = components['schemas'];
/**
 * The base addresses of links in responses. `api` is this server. `html` is for pages that this server does
 * not have.
 */
export type Links = Readonly<{ api: string; html: string }>;

export const nodeId = (kind: string, id: number): string =>
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

/** The organisation as a user object, for `owner` of a repository and `account` of an installation. */
export const orgAsUser = (links: Links, { org }: GithubState): Schemas['simple-user'] => ({
  ...simpleUser(links, { id: org.id, login: org.login, name: org.login, type: 'User', createdAt: 0 }),
  node_id: nodeId('O', org.id),
  type: 'Organization',
});

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

/** The App's bot account, which sends the invitations. */
export const bot = (links: Links, { app }: GithubState): Schemas['simple-user'] =>
  simpleUser(links, { id: app.id, login: `${app.slug}[bot]`, name: app.slug, type: 'Bot', createdAt: 0 });
