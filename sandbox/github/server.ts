import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { ChangeContext } from './changes.ts';
import { faultSwitches, type Faults } from './faults.ts';
import { GITHUB_LIMITS, meter, type Limits, type Meter } from './limits.ts';
import { people, type GitHub } from './people.ts';
import { pipeline } from './pipeline.ts';
import { fileStore, memoryStore } from './store.ts';
import { userOf, type World } from './world.ts';

export type Options = Readonly<{
  /** 0 or nothing: any free port. */
  port?: number;
  /** Where the world outlives the process; in memory without. */
  stateFile?: string;
  /** The world to begin with, when there is no state file yet. */
  seed: () => World;
  limits?: Partial<Limits>;
  now?: () => number;
}>;

export type GithubServer = Readonly<{
  url: string;
  github: GitHub;
  faults: Faults;
  meter: Meter;
  /** Every request as it came, answered or not. */
  requests: readonly Readonly<{ method: string; path: string }>[];
  stop(): Promise<void>;
}>;

/** A GitHub for one organisation, on loopback, that keeps GitHub's own rules. Tests and the demo use it. */
export async function startGitHub(options: Options): Promise<GithubServer> {
  const { port = 0, stateFile, seed, limits = {}, now = Date.now } = options;
  const store = stateFile === undefined ? memoryStore : fileStore(stateFile);
  const world = store.load() ?? seed();
  let stale = world;
  const faults = faultSwitches(() => (stale = structuredClone(world)));
  const rate = meter({ ...GITHUB_LIMITS, ...limits }, now);
  const requests: { method: string; path: string }[] = [];
  const watchers = new Set<() => void>();
  const saved = () => {
    store.save(world);
    for (const watcher of watchers) watcher();
  };
  saved();

  const hubOf = (of: World): ChangeContext => ({
    world: of,
    now,
    record: (effect) =>
      of.effects.push({ at: now(), login: userOf(of, effect.user)?.login ?? '', ...effect }),
  });
  const github = people(
    hubOf(world),
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

  const api = pipeline({ world, now, faults, meter: rate, requests, saved, hubOf, stale: () => stale });
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
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

export type Running = GithubServer;
