import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import { assertAllowed } from './allow-list.ts';

/** How to be a GitHub App. `baseUrl` is `https://api.github.com` unless it is a GitHub Enterprise Server. */
export type GitHubDeps = Readonly<{
  appId: string | number;
  /** PEM, as GitHub hands it out. */
  privateKey: string;
  installationId: number;
  baseUrl?: string;
  /** How long one call may take, in milliseconds. */
  timeoutMs?: number;
}>;

/** What one activity's token may do, and in which repository. Organisation-wide things name none. */
export type Scope = Readonly<{
  permissions: Readonly<{
    administration?: 'read' | 'write';
    members?: 'read' | 'write';
    metadata?: 'read';
  }>;
  repository?: Readonly<{ name: string; id?: number }>;
}>;

export type Client = Readonly<{
  /** Speaks as the App, by its key: only for what is under `/app`. */
  app(signal: AbortSignal): Promise<Octokit>;
  /** Mints a token for this one activity and speaks with it. Nothing is kept: it ends with the hour. */
  withToken(scope: Scope, signal: AbortSignal): Promise<Octokit>;
  installationId: number;
}>;

export const GITHUB_API = 'https://api.github.com';
const CALL_TIMEOUT_MS = 10_000;

export function connect({
  appId,
  privateKey,
  installationId,
  baseUrl = GITHUB_API,
  timeoutMs = CALL_TIMEOUT_MS,
}: GitHubDeps): Client {
  // Only for the App's own signature. Its token cache is shared by everything in the process, and its
  // retries are not ours to have: whether and when to try again is decided where the work is ordered.
  const auth = createAppAuth({ appId, privateKey });
  const octokitWith = (token: string, signal: AbortSignal): Octokit =>
    new Octokit({
      auth: token,
      baseUrl,
      userAgent: 'curfew',
      log: silent,
      request: { fetch: guardedFetch(baseUrl, timeoutMs, signal), redirect: 'manual' },
    });

  const app = async (signal: AbortSignal) => {
    const { token } = await auth({ type: 'app' }).catch(() => {
      throw new Fault('provider-forbidden', "github: the App's private key cannot be used");
    });
    return octokitWith(token, signal);
  };
  return {
    app,
    installationId,
    async withToken({ permissions, repository }, signal) {
      const { rest } = await app(signal);
      const { data } = await rest.apps.createInstallationAccessToken({
        installation_id: installationId,
        permissions,
        ...(repository?.id === undefined ? {} : { repository_ids: [repository.id] }),
        ...(repository && repository.id === undefined ? { repositories: [repository.name] } : {}),
      });
      return octokitWith(data.token, signal);
    },
  };
}

const nothing = (): void => undefined;
/** Octokit logs every request; what matters is in our faults, and a log is no place for URLs with names. */
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

type Init = Readonly<{ method?: string; body?: unknown }>;

/** The last gate before the wire. Redirects are not followed: they would lead past the list. */
function guardedFetch(baseUrl: string, timeoutMs: number, signal: AbortSignal) {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  return async (address: string | URL, init: Init & RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    const body = typeof init.body === 'string' ? init.body : undefined;
    if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`))
      throw new Fault('provider-forbidden', 'github: a call to somewhere else than GitHub');
    assertAllowed(init.method ?? 'GET', url.pathname.slice(prefix.length), body);
    return fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  };
}

/** All pages of a list, a hundred at a time, until one is not full. */
export async function* pages<T>(get: (page: number) => Promise<{ data: readonly T[] }>): AsyncGenerator<T> {
  for (let page = 1; ; page += 1) {
    const { data } = await get(page);
    yield* data;
    if (data.length < PAGE) return;
  }
}
export const PAGE = 100;
