import { PAGE } from './client.ts';
import type { Reach, UseOfAccount } from './use.ts';

/** GitHub shows the last 300 events of a repository, of 30 days at most, and refuses every later page. */
const MOST_PAGES = 3;

/** When each event of the person was, such as a push or a comment. Nothing else of an event is kept. */
export async function eventTimes(reach: Reach, account: UseOfAccount): Promise<readonly number[]> {
  const times: number[] = [];
  for (const repo of reach.repositories) times.push(...(await timesIn(reach, repo, account)));
  return times;
}

/** The newest events come first. */
async function timesIn(
  { octokit, org: owner }: Reach,
  repo: string,
  { id, from, until }: UseOfAccount,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await octokit.rest.activity.listRepoEvents({ owner, repo, per_page: PAGE, page });
    for (const { actor, created_at } of data) {
      const at = Date.parse(created_at ?? '');
      if (String(actor.id) === id && at >= from && at <= until) times.push(at);
    }
    if (data.length < PAGE || data.some((each) => Date.parse(each.created_at ?? '') < from)) break;
  }
  return times;
}
