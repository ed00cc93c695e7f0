import { randomBytes } from 'node:crypto';
import { bodyOf, stateOf, type Api, type Call } from './http.ts';
import type { Meter } from './limits.ts';
import { invalid, notFound, Problem } from './problem.ts';
import { iso, nodeId, orgAsUser, publicUser } from './render.ts';
import { token } from './render-repo.ts';
import { repoNamed, userNamed, userOf, type Access, type Repo, type Token } from './state.ts';

const TOKEN_LIFE_MS = 3_600_000;

/** Routes for the App, its installation and tokens, for user accounts and for the rate limit. */
export function appRoutes(api: Api, meter: Meter): void {
  api.get('/app', (c) => {
    const { app } = c.get('caller');
    return c.json({
      id: app.id,
      slug: app.slug,
      node_id: nodeId('A', app.id),
      owner: orgAsUser(c.get('links'), stateOf(c)),
      name: app.slug,
      description: null,
      external_url: c.get('links').html,
      html_url: `${c.get('links').html}/apps/${app.slug}`,
      created_at: iso(0),
      updated_at: iso(0),
      permissions: app.installation.permissions,
      events: [],
      installations_count: 1,
    });
  });
  api.get('/app/installations/:installation_id', (c) => c.json(installation(c)));
  api.post('/app/installations/:installation_id/access_tokens', mint);
  api.get('/users/:username', (c) => {
    const user = userNamed(stateOf(c), c.req.param('username'));
    if (!user || user.hidden) throw notFound();
    return c.json(publicUser(c.get('links'), user));
  });
  api.get('/user/:account_id', (c) => {
    const user = userOf(stateOf(c), Number(c.req.param('account_id')));
    if (!user || user.hidden) throw notFound();
    return c.json(publicUser(c.get('links'), user));
  });
  api.get('/rate_limit', (c) => {
    const rate = meter.rate();
    return c.json({
      resources: { core: rate, search: { limit: 30, remaining: 30, used: 0, reset: rate.reset } },
      rate,
    });
  });
}

function installationIn(c: Call) {
  const { installation: own } = c.get('caller').app;
  if (c.req.param('installation_id') !== String(own.id)) throw notFound();
  return own;
}

function installation(c: Call) {
  const own = installationIn(c);
  const { app } = c.get('caller');
  const { org } = stateOf(c);
  const { api, html } = c.get('links');
  return {
    id: own.id,
    account: orgAsUser(c.get('links'), stateOf(c)),
    repository_selection: own.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: `${api}/app/installations/${own.id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${html}/organizations/${org.login}/settings/installations/${own.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: org.id,
    target_type: 'Organization',
    permissions: own.permissions,
    events: [],
    created_at: iso(0),
    updated_at: iso(0),
    single_file_name: null,
    suspended_by: null,
    suspended_at: own.suspended ? iso(0) : null,
  };
}

/**
 * "Create an installation access token for an app". The token expires after an hour and has at most the
 * installation's permissions.
 */
async function mint(c: Call): Promise<Response> {
  const own = installationIn(c);
  if (own.suspended) throw new Problem(403, 'This installation has been suspended');
  const body = await bodyOf(c, {
    repositories: 'string-array',
    repository_ids: 'integer-array',
    permissions: 'object',
  });
  const narrowed = requestedRepos(c, body);
  const now = c.get('context').now();
  const made: Token = {
    token: `ghs_${randomBytes(27).toString('base64url').replaceAll(/[-_]/g, 'x')}`,
    app: c.get('caller').app.id,
    expiresAt: now + TOKEN_LIFE_MS,
    permissions: requestedPermissions(body, own.permissions),
    repositories: narrowed ? narrowed.map(({ id }) => id) : own.repositories,
  };
  const state = stateOf(c);
  state.tokens = [...state.tokens.filter(({ expiresAt }) => expiresAt > now), made];
  return c.json(token(c.get('links'), state, made, narrowed), 201);
}

function requestedRepos(c: Call, body: Record<string, unknown>): Repo[] | undefined {
  const { repos } = stateOf(c);
  const names = Array.isArray(body['repositories']) ? body['repositories'] : undefined;
  const ids = Array.isArray(body['repository_ids']) ? body['repository_ids'] : undefined;
  if (!names && !ids) return undefined;
  const { repositories: chosen } = c.get('caller').app.installation;
  const found = [
    ...(names ?? []).map((name) => repoNamed(stateOf(c), String(name))),
    ...(ids ?? []).map((id) => repos.find((repo) => repo.id === id)),
  ].map((repo) => (repo && (chosen === 'all' || chosen.includes(repo.id)) ? repo : undefined));
  if (found.some((repo) => !repo))
    throw invalid(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  return found.filter((repo) => repo !== undefined);
}

function requestedPermissions(
  body: Record<string, unknown>,
  granted: Record<string, Access>,
): Record<string, Access> {
  if (body['permissions'] === undefined) return granted;
  const requested = Object.entries(body['permissions'] as Record<string, unknown>);
  const allowed = requested.flatMap(([name, access]): [string, Access][] => {
    const have = name === 'metadata' ? (granted[name] ?? 'read') : granted[name];
    if (access === 'read' && have) return [[name, 'read']];
    return access === 'write' && have === 'write' ? [[name, 'write']] : [];
  });
  if (allowed.length < requested.length)
    throw invalid('The permissions requested are not granted to this installation.');
  return Object.fromEntries(allowed);
}
