import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { ChangeContext } from './changes.ts';
import { faultSwitches, type Faults } from './faults.ts';
import { GITHUB_LIMITS, GRAPHQL_LIMITS, meter, type Limits, type Meter } from './limits.ts';
import { people, type GitHub } from './people.ts';
import { pipeline } from './pipeline.ts';
import { fileStore, memoryStore } from './store.ts';
import { userOf, type Effect, type GithubState } from './state.ts';

export type Options = Readonly<{
  /** A free port when it is 0 or absent. */
  port?: number;
  /** The file that keeps the state across restarts. When absent, the state is in memory only. */
  stateFile?: string;
  /** The initial state, used when there is no state file. */
  seed: () => GithubState;
  limits?: Partial<Limits>;
  now?: () => number;
}>;

export type GithubServer = Readonly<{
  url: string;
  github: GitHub;
  faults: Faults;
  meter: Meter;
  /** Every request that arrived, in order, with or without a response. */
  requests: readonly Readonly<{ method: string; path: string }>[];
  /** Answers a request without the network. */
  answer(request: Request): Promise<Response>;
  stop(): Promise<void>;
}>;

/**
 * Starts a simulated GitHub on 127.0.0.1 with one organisation. It follows GitHub's own rules. Tests and the
 * demo use it.
 */
export async function startGitHub(options: Options): Promise<GithubServer> {
  const { port = 0, stateFile, seed, limits = {}, now = Date.now } = options;
  const store = stateFile === undefined ? memoryStore : fileStore(stateFile);
  const state = store.load() ?? seed();
  let stale = state;
  const faults = faultSwitches(() => (stale = structuredClone(state)));
  const rate = meter({ ...GITHUB_LIMITS, ...limits }, now);
  const graphqlRate = meter({ ...GRAPHQL_LIMITS, ...limits }, now);
  const requests: { method: string; path: string }[] = [];
  const watchers = new Set<() => void>();
  const saved = () => {
    store.save(state);
    for (const watcher of watchers) watcher();
  };
  saved();

  const contextOf = (of: GithubState, by: Effect['by']): ChangeContext => ({
    state: of,
    now,
    record: (effect) =>
      of.effects.push({ at: now(), by, login: userOf(of, effect.user)?.login ?? '', ...effect }),
  });
  const github = people(
    (by) => contextOf(state, by),
    (change) => {
      const result = change();
      saved();
      return result;
    },
    (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  );

  const api = pipeline({
    state,
    now,
    faults,
    meter: rate,
    graphqlMeter: graphqlRate,
    requests,
    saved,
    contextOf: (of) => contextOf(of, 'app'),
    stale: () => stale,
  });
  const server = serve({ fetch: api.fetch, hostname: '127.0.0.1', port });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', () => resolve());
    server.once('error', reject);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    github,
    faults,
    meter: rate,
    requests,
    answer: async (request) => api.fetch(request, {}),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
