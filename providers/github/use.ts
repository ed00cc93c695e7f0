import type { Instant } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import type { UseQuery } from '../provider.ts';
import { type Client, PAGE } from './client.ts';
import { requireRepository } from './locate.ts';
import type { GitHubTarget, RepoTarget } from './target.ts';

const SOURCE = 'GitHub, events of the repository';
/** "The latency can be anywhere from 30s to 6h depending on the time of day" (REST API endpoints for events). */
export const LATE_MS = 6 * 3_600_000;
/** GitHub shows the last 300 events of a repository, of 30 days at most, and refuses every later page. */
const MOST_PAGES = 3;

const NOT_SHOWN =
  'GitHub shows no event of the person. It does not show what somebody reads, and it keeps 300 events of a repository, of 30 days at most';

/**
 * The events of the person in the repository, such as pushes and comments, between the grant and the end. What somebody reads is no event, so
 * GitHub never shows that access was not used.
 */
export async function readUse(
  client: Client,
  query: UseQuery<GitHubTarget>,
  signal: AbortSignal,
): Promise<Use> {
  const { target } = query;
  if (target.kind === 'team')
    return {
      kind: 'unknown',
      source: SOURCE,
      why: 'GitHub shows events by repository, and Curfew does not read which repositories a team has',
    };
  const times = await timesOf(client, { ...query, target }, signal);
  if (times.length === 0) return { kind: 'unknown', source: SOURCE, why: NOT_SHOWN };
  return {
    ...{ kind: 'known', source: SOURCE, amount: times.length, unit: 'events', parts: [] },
    first: Math.min(...times) as Instant,
    last: Math.max(...times) as Instant,
  };
}

/** When each event was. The newest events come first. Nothing else of an event is kept. */
async function timesOf(
  client: Client,
  { target, subject, grantedAt, endedAt, now }: UseQuery<RepoTarget>,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { octokit, owner, repo } = await requireRepository(client, target, { metadata: 'read' }, signal);
  const times: number[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await octokit.rest.activity.listRepoEvents({ owner, repo, per_page: PAGE, page });
    for (const { actor, created_at } of data) {
      const at = Date.parse(created_at ?? '');
      if (String(actor.id) === subject.id && at >= grantedAt && at <= (endedAt ?? now)) times.push(at);
    }
    if (data.length < PAGE || data.some((each) => Date.parse(each.created_at ?? '') < grantedAt)) break;
  }
  return times;
}
