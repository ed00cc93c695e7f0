import { PAGE } from './client.ts';
import type { Reach, UseOfAccount } from './use.ts';

/** GitHub shows the last 300 events of a repository, of 30 days at most, and refuses every later page. */
const MOST_PAGES = 3;
/** So many calls for events one reading makes, also for a team, because GitHub allows few calls in an hour. */
export const MOST_EVENT_CALLS = MOST_PAGES;

/**
 * When each event of the person was, such as a push or a comment. Nothing else of an event is kept. The repositories, `MOST_EVENT_CALLS` of them at
 * most, share the calls, so of more than one the last hundred events are read.
 */
export async function eventTimes(reach: Reach, account: UseOfAccount): Promise<readonly number[]> {
  const times: number[] = [];
  const most = Math.floor(MOST_EVENT_CALLS / reach.repositories.length);
  for (const repo of reach.repositories) times.push(...(await timesIn(reach, { repo, most }, account)));
  return times;
}

/** The newest events come first. */
async function timesIn(
  { octokit, org: owner }: Reach,
  { repo, most }: Readonly<{ repo: string; most: number }>,
  { id, from, until }: UseOfAccount,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let page = 1; page <= most; page += 1) {
    const { data } = await octokit.rest.activity.listRepoEvents({ owner, repo, per_page: PAGE, page });
    for (const { actor, created_at } of data) {
      const at = Date.parse(created_at ?? '');
      if (String(actor.id) === id && at >= from && at <= until) times.push(at);
    }
    if (data.length < PAGE || data.some((each) => Date.parse(each.created_at ?? '') < from)) break;
  }
  return times;
}
