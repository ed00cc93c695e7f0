import type { Octokit } from '@octokit/rest';
import type { Instant } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import type { UseQuery } from '../provider.ts';
import { type Client, PAGE } from './client.ts';
import { requireRepository } from './locate.ts';
import type { GitHubTarget, TeamTarget } from './target.ts';
import { requireTeam } from './team-locate.ts';
import { type LogTimes, MOST_LOG_CALLS, readAuditLog } from './use-audit-log.ts';
import { eventTimes, MOST_EVENT_CALLS } from './use-events.ts';

/** "The latency can be anywhere from 30s to 6h depending on the time of day" (REST API endpoints for events). */
export const LATE_MS = 6 * 3_600_000;
/** Of a team with more repositories no events are read. */
export const MOST_REPOSITORIES = MOST_EVENT_CALLS;
/** A token, the team by its name, the installation, the team by its number, and its repositories. To find a repository takes no more. */
const MOST_REACH_CALLS = 5;
/** How many calls one reading makes at most. */
export const MOST_CALLS = MOST_REACH_CALLS + MOST_LOG_CALLS + MOST_EVENT_CALLS;

/** The account whose use is read, by its number, and the time in milliseconds UTC. */
export type UseOfAccount = Readonly<{ id: string; login: string; from: number; until: number }>;
/** The repositories that a target gives access to, the current name of their organisation, and a client that may read their events. */
export type Reach = Readonly<{ octokit: Octokit; org: string; repositories: readonly string[] }>;

/**
 * What the person did in the repositories of the target between the grant and the end: the events of the repositories and, where GitHub has
 * it, the audit log of the organisation. Neither has what somebody reads in a browser or through the API, so GitHub never shows that
 * access was not used. A push is in both, so the larger number counts.
 */
export async function readUse(
  client: Client,
  { target, subject, grantedAt, endedAt, now }: UseQuery<GitHubTarget>,
  signal: AbortSignal,
): Promise<Use> {
  const account = { id: subject.id, login: subject.name, from: grantedAt, until: endedAt ?? now };
  const reach = await reachOf(client, target, signal);
  const log = await readAuditLog(client, reach, account, signal);
  const isWide = reach.repositories.length > MOST_REPOSITORIES;
  const [inEvents, inLog] = [isWide ? [] : await eventTimes(reach, account), log.times ?? []];
  const source = log.times ? 'GitHub, audit log and events' : 'GitHub, events of the repositories';
  const times = [...inEvents, ...inLog];
  if (times.length === 0) return { kind: 'unknown', source, why: whyUnknown(reach, log) };
  return {
    ...{ kind: 'known', source, unit: 'events', parts: [] },
    amount: Math.max(inEvents.length, inLog.length),
    first: Math.min(...times) as Instant,
    last: Math.max(...times) as Instant,
  };
}

async function reachOf(client: Client, target: GitHubTarget, signal: AbortSignal): Promise<Reach> {
  if (target.kind === 'team') return reachOfTeam(client, target, signal);
  const { octokit, owner, repo } = await requireRepository(client, target, { metadata: 'read' }, signal);
  return { octokit, org: owner, repositories: [repo] };
}

/** The repositories that the team has now, the first hundred of them. */
async function reachOfTeam(client: Client, target: TeamTarget, signal: AbortSignal): Promise<Reach> {
  const octokit = await client.withToken({ permissions: { members: 'read', metadata: 'read' } }, signal);
  const { org, slug } = await requireTeam(client, octokit, target, signal);
  const { data } = await octokit.rest.teams.listReposInOrg({ org, team_slug: slug, per_page: PAGE });
  return { octokit, org, repositories: data.map(({ name }) => name) };
}

function whyUnknown({ repositories }: Reach, { times, why }: LogTimes): string {
  if (repositories.length === 0) return 'the App sees no repository of the team';
  const nothing =
    repositories.length > MOST_REPOSITORIES
      ? `the team has more than ${MOST_REPOSITORIES} repositories, so Curfew does not read their events`
      : 'GitHub shows no event of the person. It keeps 300 events of a repository, of 30 days at most';
  return times
    ? `${nothing}. The audit log shows nothing either, and neither shows what somebody reads in a browser or through the API`
    : `${nothing}, and it does not show what somebody reads. ${why}`;
}
