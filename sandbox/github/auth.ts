import { createVerify } from 'node:crypto';
import { badCredentials, notForIntegration, notFound, Problem } from './problem.ts';
import {
  repoNamed,
  repoFormerlyNamed,
  transferredAs,
  appsOf,
  type Access,
  type App,
  type Repo,
  type Token,
  type GithubState,
} from './state.ts';

/**
 * Who sends the request: the App itself with its JWT (valid for /app only), or an installation with a token.
 */
export type Caller = Readonly<{ app: App } & ({ kind: 'app' } | { kind: 'installation'; token: Token })>;

const LONGEST_JWT_S = 600;
/** The clock difference that GitHub allows in `iat`, in seconds. */
const LEEWAY_S = 60;

/** The App whose key signed the web token, and what the token says. */
function claimsOf(
  jwt: string,
  apps: readonly App[],
): Readonly<{ app: App; claims: Record<string, unknown> }> {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const undecodable = badCredentials('A JSON web token could not be decoded');
  try {
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: unknown };
    const app = apps.find(({ publicKey }) =>
      createVerify('RSA-SHA256').update(`${head}.${body}`).verify(publicKey, signature, 'base64url'),
    );
    if (alg !== 'RS256' || !app) throw undecodable;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    return { app, claims };
  } catch {
    throw undecodable;
  }
}

/**
 * Follows "Generating a JSON Web Token for a GitHub App": RS256, `iss` is the App's id, `exp` is at most ten
 * minutes ahead.
 */
function appOfJwt(jwt: string, state: GithubState, now: number): App {
  const { app, claims } = claimsOf(jwt, appsOf(state));
  const { iss, iat, exp } = claims;
  const seconds = Math.floor(now / 1000);
  if (String(iss) !== String(app.id)) throw badCredentials("'Issuer' claim ('iss') must be the App's id");
  if (typeof iat !== 'number' || iat > seconds + LEEWAY_S)
    throw badCredentials(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  if (typeof exp !== 'number' || exp <= seconds)
    throw badCredentials(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > seconds + LONGEST_JWT_S)
    throw badCredentials("'Expiration time' claim ('exp') is too far in the future");
  return app;
}

export function authenticate(
  header: string | undefined,
  path: string,
  state: GithubState,
  now: number,
): Caller {
  const [scheme = '', secret = ''] = (header ?? '').split(' ');
  if (!/^(token|bearer)$/i.test(scheme) || !secret) throw badCredentials('Requires authentication');
  if (path === '/app' || path.startsWith('/app/')) {
    return { kind: 'app', app: appOfJwt(secret, state, now) };
  }
  const token = state.tokens.find((each) => each.token === secret);
  if (!token || token.expiresAt <= now) throw badCredentials();
  const app = appsOf(state).find(({ id }) => id === (token.app ?? state.app.id)) ?? state.app;
  if (app.installation.suspended) throw new Problem(403, 'This installation has been suspended');
  return { kind: 'installation', token, app };
}

/**
 * Throws unless both the token and the installation have the permission now. Reading metadata is always
 * allowed.
 */
export function requirePermission(caller: Caller, permission: string, access: Access): void {
  const { app } = caller;
  const held = caller.kind === 'installation' ? caller.token.permissions[permission] : undefined;
  const granted = app.installation.permissions[permission];
  const enough = (have: Access | undefined) => have === 'write' || (have === 'read' && access === 'read');
  if (permission === 'metadata' && access === 'read') return;
  if (!enough(held) || !enough(granted)) throw notForIntegration(permission, access);
}

/**
 * The repository with this name. Throws "Not Found" when the token does not cover the repository, as GitHub
 * does for private ones. Throws a redirect to the repository's id when the name is a former name.
 */
export function repoFor(caller: Caller, state: GithubState, { method, api, owner, name }: RepoRequest): Repo {
  if (owner.toLowerCase() !== state.org.login.toLowerCase()) throw notFound();
  const repo = repoNamed(state, name);
  const moved = repoFormerlyNamed(state, name) ?? transferredAs(state, name);
  if (moved && (coversRepo(caller, moved) || isPublicElsewhere(moved))) {
    const headers = { location: `${api}/repositories/${moved.id}` };
    throw method === 'GET'
      ? new Problem(301, 'Moved Permanently', { headers })
      : new Problem(307, 'Temporary Redirect', { headers });
  }
  if (!repo || !coversRepo(caller, repo)) throw notFound();
  return repo;
}

type RepoRequest = Readonly<{ method: string; api: string; owner: string; name: string }>;

/** "All links to the previous repository location are automatically redirected", as far as the reader may see the new one. */
export const isPublicElsewhere = (repo: Repo): boolean => 'owner' in repo && !repo.private;

export function coversRepo(caller: Caller, repo: Repo): boolean {
  const { app } = caller;
  if (caller.kind !== 'installation' || 'owner' in repo) return false;
  return [caller.token.repositories, app.installation.repositories].every(
    (chosen) => chosen === 'all' || chosen.includes(repo.id),
  );
}
