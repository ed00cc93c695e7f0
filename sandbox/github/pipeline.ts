import type { HttpBindings } from '@hono/node-server';
import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { refuseForeignPages } from '../launch/foreign-pages.ts';
import { authenticate } from './auth.ts';
import type { ChangeContext } from './changes.ts';
import { requestKindOf, type faultSwitches, type Fault } from './faults.ts';
import { graphqlRoutes, rateLimited } from './graphql.ts';
import type { Api, Env } from './http.ts';
import { exhausted, type Meter } from './limits.ts';
import { conflicting, notFound, Problem, slowDown } from './problem.ts';
import { appRoutes } from './routes-app.ts';
import { auditLogRoutes } from './routes-audit-log.ts';
import { orgRoutes } from './routes-orgs.ts';
import { repoRoutes } from './routes-repos.ts';
import { teamRepoRoutes } from './routes-team-repos.ts';
import { teamRoutes } from './routes-teams.ts';
import type { GithubState } from './state.ts';

type PipelineParts = Readonly<{
  state: GithubState;
  now: () => number;
  faults: ReturnType<typeof faultSwitches>;
  meter: Meter;
  graphqlMeter: Meter;
  requests: { method: string; path: string }[];
  saved: () => void;
  /** For changes that the App makes to this state. */
  contextOf: (state: GithubState) => ChangeContext;
  /** The state of the moment at which `faults.stale` was called. */
  stale: () => GithubState;
}>;

/**
 * The steps of every request: the refusal of pages of other sites, injected faults, rate limits, authentication, the
 * route, saving the state, headers.
 */
export function pipeline({
  state,
  now,
  faults,
  meter,
  graphqlMeter,
  requests,
  saved,
  contextOf,
  stale,
}: PipelineParts): Api {
  const api: Api = new Hono<Env>();
  api.use('*', refuseForeignPages);

  api.use('*', async (c, next) => {
    await next();
    const isQuery = isGraphql(c.req.path);
    const { limit, remaining, used, reset } = (isQuery ? graphqlMeter : meter).rate();
    const rate = { limit, remaining, used, reset, resource: isQuery ? 'graphql' : 'core' };
    for (const [name, value] of Object.entries(rate)) c.res.headers.set(`x-ratelimit-${name}`, String(value));
    c.res.headers.set('x-github-request-id', randomBytes(12).toString('hex').toUpperCase());
    c.res.headers.set('x-github-api-version-selected', '2022-11-28');
  });

  api.use('*', async (c, next) => {
    const { method, path } = c.req;
    const aim = requestKindOf(method, path);
    const { incoming } = c.env;
    requests.push({ method, path });

    const fault = faults.take(method, path);
    const charged = isGraphql(path) ? graphqlMeter : meter;
    if (fault) await applyFault(fault, incoming, charged);
    if (path !== '/rate_limit') charged.charge(aim === 'read' ? 'GET' : method, aim === 'mint');
    const { origin } = new URL(c.req.url);
    c.set('links', { api: origin, html: origin });
    c.set('caller', authenticate(c.req.header('authorization'), path, state, now()));

    const isStaleRead =
      aim === 'read' && faults.isStale() && /^\/(repos|orgs|organizations|graphql)\b/.test(path);
    const isSwallowed = fault?.kind === 'swallow';
    c.set('context', contextOf(isSwallowed ? structuredClone(state) : isStaleRead ? stale() : state));
    await next();
    if (aim !== 'read' && !isSwallowed) saved();
    if (!c.error) faults.applied(aim);
    if (fault?.kind === 'lost-reply') incoming.socket.destroy();
  });

  for (const routes of [repoRoutes, orgRoutes, auditLogRoutes, teamRoutes, teamRepoRoutes, graphqlRoutes])
    routes(api);
  appRoutes(api, meter);
  api.notFound(() => errorResponse(notFound()));
  api.onError((error, c) =>
    isGraphql(c.req.path) && error.message === exhausted().message ? rateLimited(c) : errorResponse(error),
  );
  return api;
}

const isGraphql = (path: string): boolean => path === '/graphql';

/**
 * Applies the faults that come before the request has an effect. The pipeline applies `swallow` and
 * `lost-reply`.
 */
async function applyFault(fault: Fault, incoming: HttpBindings['incoming'], meter: Meter): Promise<void> {
  switch (fault.kind) {
    case 'secondary':
      throw slowDown(fault.retryAfter, fault.status);
    case 'exhausted':
      meter.exhaust();
      throw exhausted();
    case 'server-error':
      throw new Problem(502, 'Server Error');
    case 'conflict':
      throw conflicting();
    case 'reset':
      incoming.socket.destroy();
      throw new Problem(500, 'the connection is closed');
    case 'hang':
      await new Promise((resolve) => incoming.socket.once('close', resolve));
      throw new Problem(500, 'the connection is closed');
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return;
    case 'swallow':
    case 'lost-reply':
  }
}

function errorResponse(error: unknown): Response {
  // Not a response that GitHub would give, but a bug of the simulated GitHub. Log it for the developer.
  if (!(error instanceof Problem)) console.error('sandbox GitHub:', error);
  const problem = error instanceof Problem ? error : new Problem(500, 'Server Error');
  return Response.json(problem.body, { status: problem.status, headers: problem.headers });
}
