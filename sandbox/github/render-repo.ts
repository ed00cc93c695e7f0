import { abilities, bot, iso, nodeId, orgAsUser, simpleUser, type Links, type Schemas } from './render.ts';
import { userOf, type Invitation, type Repo, type Role, type Token, type GithubState } from './state.ts';

/** The links of a repository in GitHub's responses. Most are the repository's own address with a suffix. */
function links(api: string, full: string) {
  const url = `${api}/repos/${full}`;
  return {
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}

/** The repository inside an invitation. */
export function minimalRepo(at: Links, state: GithubState, repo: Repo) {
  const full = `${state.org.login}/${repo.name}`;
  return {
    id: repo.id,
    node_id: nodeId('R', repo.id),
    name: repo.name,
    full_name: full,
    owner: orgAsUser(at, state),
    private: repo.private,
    html_url: `${at.html}/${full}`,
    description: repo.description,
    fork: false,
    ...links(at.api, full),
  } satisfies Schemas['minimal-repository'];
}

/** The repository in the response to a token request and in a team's repository. */
export function repository(at: Links, state: GithubState, repo: Repo) {
  const full = `${state.org.login}/${repo.name}`;
  return {
    ...minimalRepo(at, state, repo),
    clone_url: `${at.html}/${full}.git`,
    git_url: `git://github.example/${full}.git`,
    ssh_url: `git@github.example:${full}.git`,
    svn_url: `${at.html}/${full}`,
    homepage: null,
    language: null,
    mirror_url: null,
    license: null,
    default_branch: 'main',
    forks: 0,
    forks_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    watchers: 0,
    watchers_count: 0,
    stargazers_count: 0,
    size: 0,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    archived: repo.archived ?? false,
    disabled: false,
    pushed_at: iso(0),
    created_at: iso(0),
    updated_at: iso(0),
  } satisfies Schemas['repository'];
}

export const teamRepository = (
  at: Links,
  state: GithubState,
  repo: Repo,
  role: Role,
): Schemas['team-repository'] => ({
  ...repository(at, state, repo),
  permissions: abilities(role),
  role_name: role,
});

export const fullRepository = (at: Links, state: GithubState, repo: Repo): Schemas['full-repository'] => ({
  ...repository(at, state, repo),
  visibility: repo.internal ? 'internal' : repo.private ? 'private' : 'public',
  has_discussions: false,
  network_count: 0,
  subscribers_count: 0,
});

export const invitation = (
  at: Links,
  state: GithubState,
  repo: Repo,
  { id, invitee, role, createdAt }: Invitation,
): Schemas['repository-invitation'] => {
  const user = userOf(state, invitee);
  return {
    id,
    node_id: nodeId('RI', id),
    repository: minimalRepo(at, state, repo),
    invitee: user ? simpleUser(at, user) : null,
    inviter: bot(at, state),
    permissions: role,
    created_at: iso(createdAt),
    expired: false,
    url: `${at.api}/user/repository_invitations/${id}`,
    html_url: `${at.html}/${state.org.login}/${repo.name}/invitations`,
  };
};

export const token = (
  at: Links,
  state: GithubState,
  value: Token,
  narrowed: readonly Repo[] | undefined,
): Schemas['installation-token'] => ({
  token: value.token,
  expires_at: iso(value.expiresAt),
  permissions: value.permissions,
  repository_selection: value.repositories === 'all' ? 'all' : 'selected',
  ...(narrowed ? { repositories: narrowed.map((repo) => repository(at, state, repo)) } : {}),
});
