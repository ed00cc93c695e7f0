import { createVerify } from 'node:crypto';
import { badCredentials, notForIntegration, notFound, Problem } from './problem.ts';
import { repoNamed, repoOnceNamed, type Access, type Repo, type Token, type World } from './world.ts';

/** Who is calling: the App itself (its JWT, good for /app only), or an installation through a token. */
export type Caller = Readonly<{ kind: 'app' } | { kind: 'installation'; token: Token }>;

const LONGEST_JWT_S = 600;
/** GitHub forgives this much clock difference in `iat`. */
const LEEWAY_S = 60;

function claimsOf(jwt: string, publicKey: string): Record<string, unknown> {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const undecodable = badCredentials('A JSON web token could not be decoded');
  try {
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: unknown };
    const verifier = createVerify('RSA-SHA256').update(`${head}.${body}`);
    if (alg !== 'RS256' || !verifier.verify(publicKey, signature, 'base64url')) throw undecodable;
    return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw undecodable;
  }
}

/** "Generating a JSON Web Token for a GitHub App": RS256, `iss` the App, `exp` at most ten minutes ahead. */
function checkJwt(jwt: string, { app }: World, now: number): void {
  const { iss, iat, exp } = claimsOf(jwt, app.publicKey);
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
}

export function authenticate(header: string | undefined, path: string, world: World, now: number): Caller {
  const [scheme = '', secret = ''] = (header ?? '').split(' ');
  if (!/^(token|bearer)$/i.test(scheme) || !secret) throw badCredentials('Requires authentication');
  if (path === '/app' || path.startsWith('/app/')) {
    checkJwt(secret, world, now);
    return { kind: 'app' };
  }
  const token = world.tokens.find((each) => each.token === secret);
  if (!token || token.expiresAt <= now) throw badCredentials();
  if (world.app.installation.suspended) throw new Problem(403, 'This installation has been suspended');
  return { kind: 'installation', token };
}

/** The token's permissions, never more than the installation has by now. Metadata is always readable. */
export function requirePermission(caller: Caller, { app }: World, permission: string, access: Access): void {
  const held = caller.kind === 'installation' ? caller.token.permissions[permission] : undefined;
  const granted = app.installation.permissions[permission];
  const enough = (have: Access | undefined) => have === 'write' || (have === 'read' && access === 'read');
  if (permission === 'metadata' && access === 'read') return;
  if (!enough(held) || !enough(granted)) throw notForIntegration();
}

/**
 * A repository outside the token is "Not Found", as everything private is to strangers. Under a name it
 * once had, the answer is a redirect to its id.
 */
export function repoFor(
  caller: Caller,
  world: World,
  { method, api }: Where,
  owner: string,
  name: string,
): Repo {
  if (owner.toLowerCase() !== world.org.login.toLowerCase()) throw notFound();
  const repo = repoNamed(world, name);
  const moved = repoOnceNamed(world, name);
  if (moved && coversRepo(caller, world, moved)) {
    const headers = { location: `${api}/repositories/${moved.id}` };
    throw method === 'GET'
      ? new Problem(301, 'Moved Permanently', { headers })
      : new Problem(307, 'Temporary Redirect', { headers });
  }
  if (!repo || !coversRepo(caller, world, repo)) throw notFound();
  return repo;
}

type Where = Readonly<{ method: string; api: string }>;

export function coversRepo(caller: Caller, { app }: World, repo: Repo): boolean {
  if (caller.kind !== 'installation') return false;
  return [caller.token.repositories, app.installation.repositories].every(
    (chosen) => chosen === 'all' || chosen.includes(repo.id),
  );
}
