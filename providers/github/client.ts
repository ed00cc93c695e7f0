import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { limitedSignal } from '../../core/limited-signal.ts';
import { Fault } from '../../core/faults.ts';
import type { CallPurpose } from '../../core/turns.ts';
import { WAITS } from '../../core/waits.ts';
import type { TakeTurn } from '../provider.ts';
import { assertAllowed } from './allow-list.ts';
import { assertRemoves } from './removal-calls.ts';
import { CALL_ID_HEADER, isFromGitHub, isThrottle } from './failed-call.ts';
import { type HourLimits, openHourLimits } from './hour-limits.ts';
import { openTokens } from './tokens.ts';
import { type ContentLimit, openContentLimit, pointsOf } from './points.ts';

/**
 * The settings of the GitHub App. `baseUrl` is `https://api.github.com`, or the address of a GitHub Enterprise
 * Server.
 */
export type GitHubDeps = Readonly<{
  appId: string | number;
  /** In PEM format, as GitHub generates it. */
  privateKey: string;
  installationId: number;
  baseUrl?: string;
  /** The numbers of repositories that an operator found among the deleted ones of the organisation. */
  deletedRepositories?: readonly number[];
  /** How long one call may take, in milliseconds. */
  timeoutMs?: number;
}>;

/**
 * What the token of one activity may do, and in which repository. A call for the whole organisation names no
 * repository.
 */
export type Scope = Readonly<{
  permissions: Readonly<{
    administration?: 'read' | 'write';
    members?: 'read' | 'write';
    metadata?: 'read';
    organization_administration?: 'read';
  }>;
  repository?: Readonly<{ name: string; id?: number }>;
}>;

export type Client = Readonly<{
  /** A client that authenticates as the App with its key. Only for paths under `/app`. */
  app(signal: AbortSignal): Promise<Octokit>;
  /** A client with a token for this scope. Calls of the same scope share it. It is in the memory of this process only, and GitHub ends it after an hour. */
  withToken(scope: Scope, signal: AbortSignal): Promise<Octokit>;
  installationId: number;
  /** True for the client of the reaper: it sends only calls that read, that remove, or that lower. */
  onlyRemoves: boolean;
  /** True when an operator says that the repository with this number was deleted. */
  isKnownDeleted(repository: number | undefined): boolean;
}>;

export const GITHUB_API = 'https://api.github.com';

export function connect(
  {
    appId,
    privateKey,
    installationId,
    baseUrl = GITHUB_API,
    deletedRepositories = [],
    timeoutMs = WAITS.vendorCall.ms,
  }: GitHubDeps,
  {
    onlyRemoves = false,
    takeTurn = () => Promise.resolve(),
  }: Readonly<{ onlyRemoves?: boolean; takeTurn?: TakeTurn | undefined }> = {},
): Client {
  // Used only for the App's own signature. For an installation token it would retry. Temporal decides whether and when to retry.
  const auth = createAppAuth({ appId, privateKey });
  const base = baseUrl.replace(/\/+$/, '');
  const hours = openHourLimits();
  const content = openContentLimit();
  const octokitWith = (token: string, signal: AbortSignal, onRefusal?: () => void): Octokit =>
    new Octokit({
      auth: token,
      baseUrl: base,
      userAgent: 'curfew',
      log: silent,
      request: {
        fetch: guardedFetch(base, { timeoutMs, onlyRemoves, takeTurn, hours, content, onRefusal }, signal),
        redirect: 'manual',
        log: silent,
      },
    });

  const app = async (signal: AbortSignal) => {
    const { token } = await auth({ type: 'app' }).catch(() => {
      throw new Fault('provider-forbidden', "github: the App's private key cannot be used");
    });
    return octokitWith(token, signal);
  };
  const mint = async ({ permissions, repository }: Scope, signal: AbortSignal): Promise<string> => {
    const { rest } = await app(signal);
    const { data } = await rest.apps.createInstallationAccessToken({
      installation_id: installationId,
      permissions,
      ...(repository?.id === undefined ? {} : { repository_ids: [repository.id] }),
      ...(repository && repository.id === undefined ? { repositories: [repository.name] } : {}),
    });
    return data.token;
  };
  const tokens = openTokens(mint, { timeoutMs, onlyRemoves });
  return {
    app,
    installationId,
    onlyRemoves,
    isKnownDeleted: (repository) => deletedRepositories.some((each) => each === repository),
    async withToken(scope, signal) {
      const token = await tokens.tokenFor(scope, signal);
      return octokitWith(token, signal, () => tokens.refuse(scope, token));
    },
  };
}

const nothing = (): void => undefined;
/** Octokit would log requests, with people's names in the URLs. The faults say what failed. */
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

type Init = Readonly<{ method?: string; body?: unknown }>;

/** Reads of a repository, whose redirect is read. Everything else would be sent to another name. */
const MAY_REDIRECT = /\/(repos\/[^/]+\/[^/]+|repositories\/\d+)$/;

/** The last check before a request is sent. Redirects are not followed, because they would bypass the list. */
function guardedFetch(
  baseUrl: string,
  {
    timeoutMs,
    onlyRemoves,
    takeTurn,
    hours,
    content,
    onRefusal,
  }: Readonly<{
    timeoutMs: number;
    onlyRemoves: boolean;
    takeTurn: TakeTurn;
    hours: HourLimits;
    content: ContentLimit;
    onRefusal: (() => void) | undefined;
  }>,
  signal: AbortSignal,
) {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  // "The GraphQL API endpoint" of a GitHub Enterprise Server is /api/graphql, beside /api/v3.
  const graphqlPath = `${prefix.replace(/\/api\/v3$/, '/api')}/graphql`;
  return async (address: string | URL, init: Init & RequestInit = {}): Promise<Response> => {
    const url = new URL(address);
    const isQuery = url.pathname === graphqlPath;
    if (url.origin !== base.origin || !(isQuery || url.pathname.startsWith(`${prefix}/`)))
      throw new Fault('provider-forbidden', 'github: the address is not below the API that is configured');
    const call = {
      method: init.method ?? 'GET',
      path: isQuery ? '/graphql' : url.pathname.slice(prefix.length),
      body: init.body,
    };
    assertAllowed(call.method, call.path, call.body);
    const counted = isQuery ? 'graphql' : call.path.startsWith('/app/') ? 'app' : 'core';
    await takeTurn(pointsOf(call), longer(hours.closedMs(counted), content.closedMs(call)));
    content.take(call);
    const stop = limitedSignal(signal, timeoutMs);
    if (onlyRemoves)
      await assertRemoves(call, async (path) => {
        const { headers = {} } = init;
        return fetch(new URL(`${prefix}${path}`, base), { headers, redirect: 'manual', signal: stop });
      });
    const response = await fetch(url, { ...init, signal: stop });
    hours.note(counted, response.headers);
    const { status } = response;
    const headers = Object.fromEntries(response.headers);
    const message = status === 403 ? await response.clone().text() : '';
    if (status === 401 || (status === 403 && !isThrottle({ status, headers, message }))) onRefusal?.();
    // Octokit takes a redirect for a success, and an empty page for an empty list.
    if (status < 400 && !isFromGitHub(headers))
      throw new Fault(
        'provider-unavailable',
        `github: an answer without ${CALL_ID_HEADER} is that of a gateway, not of GitHub`,
      );
    if (status >= 300 && status < 400 && !MAY_REDIRECT.test(url.pathname))
      throw new Fault('provider-unavailable', 'github: the name of something changed during the call');
    return response;
  };
}

type Waits = Readonly<Record<CallPurpose, number>>;

const longer = (one: Waits, other: Waits): Waits => ({
  removal: Math.max(one.removal, other.removal),
  other: Math.max(one.other, other.other),
});

/** All items of a list, a hundred for each page, until a page is not full. */
export async function* pages<T>(get: (page: number) => Promise<{ data: readonly T[] }>): AsyncGenerator<T> {
  for (let page = 1; ; page += 1) {
    const { data } = await get(page);
    yield* data;
    if (data.length < PAGE) return;
  }
}
export const PAGE = 100;
