import type { ProviderModule } from '../module.ts';
import { settings } from './settings.ts';
import { Fault } from '../../core/faults.ts';
import type {
  Intent,
  ManagedObject,
  Observation,
  Provider,
  Receipt,
  Remover,
  TakeTurn,
} from '../provider.ts';
import { connect, type Client, type GitHubDeps } from './client.ts';
import { attemptPoints, POINTS_A_MINUTE } from './points.ts';
import { describe, describeFound } from './describe.ts';
import { discover } from './discover.ts';
import { toFault } from './failures.ts';
import { preflight } from './preflight.ts';
import * as repository from './repository.ts';
import { ensureAbsent as revokeRepository } from './repository-revoke.ts';
import { ladderOf, lockKey, parseTarget, targetKey, type GitHubTarget } from './target.ts';
import * as team from './team.ts';
import { removeFromTeam } from './team-remove.ts';
import { ensureAbsent as revokeTeam } from './team-revoke.ts';
import { LATE_MS, MOST_CALLS, readUse } from './use.ts';
import { readClock } from './vendor-clock.ts';

export type { GitHubDeps } from './client.ts';
export type { GitHubTarget } from './target.ts';

/** A quarter of "5,000 requests per hour", the least that an installation has ("Rate limits for the REST API"). */
const READS_A_MINUTE = Math.floor(5_000 / 60 / 4);

/** "The additional permission updates might take some extra time to complete in the background." */
const CONSISTENCY_MS = 10_000;

/**
 * Membership in teams and direct access to repositories, by a GitHub App. Class C: GitHub has no end for access,
 * so only Curfew revokes it. Each call uses a token with only the permissions that it needs.
 */
export function githubProvider(deps: GitHubDeps, takeTurn?: TakeTurn): Provider<GitHubTarget> {
  const client = connect(deps, { takeTurn });
  return {
    name: 'github',
    consistencyWindowMs: CONSISTENCY_MS,
    rateBudget: POINTS_A_MINUTE,
    attemptPoints,
    readBudget: READS_A_MINUTE,
    useReadings: { lateMs: LATE_MS, beforeEnd: false, mostCalls: MOST_CALLS },
    needsSecret: false,
    parseTarget,
    targetKey,
    lockKey,
    ladder: ladderOf,
    level: ({ role }) => role,
    ownObject: () => false,
    enforcementClass: () => 'C',
    // GitHub checks every call and every push against the current membership.
    residualSessionMs: () => 0,
    describe,
    describeFound,
    observe: ({ account, target }, signal) =>
      withFaults((): Promise<Observation<GitHubTarget>> =>
        target.kind === 'team'
          ? team.observe(client, { account, target }, signal)
          : repository.observe(client, { account, target }, signal),
      ),
    ensurePresent: (intent, signal) => withFaults(() => ensurePresent(client, intent, signal)),
    ensureAbsent: (intent, signal) => withFaults(() => ensureAbsent(client, intent, signal)),
    discover: (target, at) => withFaults(() => discover(client, target, at)),
    // A membership has no name, description or tag that could carry a mark. Only the ledger knows which
    // memberships Curfew granted.
    listManaged: () => Promise.resolve([]),
    endManaged: refuseUnmarked,
    clocks: async (signal) => [await withFaults(() => readClock(client, signal))],
    usableParts: () => [],
    readUse: (query, signal) => withFaults(() => readUse(client, query, signal)),
    preflight: (input, signal) => withFaults(() => preflight(client, input, signal)),
  };
}

/** What the reaper works with: its client reads, removes and lowers, and sends nothing that could raise a level. */
export function githubRemover(deps: GitHubDeps, takeTurn?: TakeTurn): Remover<GitHubTarget> {
  const client = connect(deps, { onlyRemoves: true, takeTurn });
  return {
    ...{ name: settings.name, parseTarget, targetKey, ladder: ladderOf, ownObject: () => false },
    ensureAbsent: (intent, signal) =>
      withFaults(async () => {
        const { target } = intent;
        const removed =
          target.kind === 'team' ? await removeFromTeam(client, { ...intent, target }, signal) : undefined;
        return removed ?? ensureAbsent(client, intent, signal);
      }),
    listManaged: () => Promise.resolve([]),
    endManaged: refuseUnmarked,
    clocks: async (signal) => [await withFaults(() => readClock(client, signal))],
    preflight: (input, signal) => withFaults(() => preflight(client, input, signal)),
  };
}

const refuseUnmarked = ({ what }: ManagedObject): Promise<Receipt> =>
  Promise.reject(
    new Fault('provider-refused', `github: ${what} carries no mark, so only the manifest says when it ends`),
  );

function ensurePresent(client: Client, intent: Intent<GitHubTarget>, signal: AbortSignal): Promise<Receipt> {
  const { target } = intent;
  return target.kind === 'team'
    ? team.ensurePresent(client, { ...intent, target }, signal)
    : repository.ensurePresent(client, { ...intent, target }, signal);
}

function ensureAbsent(client: Client, intent: Intent<GitHubTarget>, signal: AbortSignal): Promise<Receipt> {
  const { target } = intent;
  return target.kind === 'team'
    ? revokeTeam(client, { ...intent, target }, signal)
    : revokeRepository(client, { ...intent, target }, signal);
}

/** Converts everything that Octokit throws to a `Fault`. */
const withFaults = <T>(act: () => Promise<T>): Promise<T> =>
  act().catch((error: unknown) => {
    throw toFault(error);
  });

// Octokit needs some value here. Nothing is ever signed with it.
const PLACEHOLDER_APP = { appId: 1, privateKey: 'none', installationId: 1 };

export const module: ProviderModule<typeof settings.variables, GitHubDeps> = {
  settings,
  create: (deps, takeTurn) => githubProvider(deps, takeTurn) as Provider,
  createRemover: (deps, takeTurn) => githubRemover(deps, takeTurn) as Remover,
  describer: () => githubProvider(PLACEHOLDER_APP) as Provider,
  whyCaseIsIgnored: 'GitHub does not distinguish upper and lower case',
};
