import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import { accountOf, type Account } from './account.ts';
import { unlessMissing } from './failures.ts';
import { byNumber, repositoryFrom, type At } from './locate.ts';

/**
 * GitHub's calls take names, and a 404 for a name that somebody changed looks like "no access". So what shows no access counts
 * only when the account still has the name that the calls used. Otherwise the next attempt uses the new one.
 */
export async function assertSameAccount(octokit: Octokit, account: Account): Promise<void> {
  if (account.hidden) return;
  const now = await accountOf(octokit, { id: String(account.id), name: account.login });
  if (now?.login !== account.login) throw renamed(`the account ${account.login}`);
}

/** The same for a repository, whose new name has another owner when it was transferred. */
export async function assertSameRepository({ octokit, id, orgId, owner, repo }: At): Promise<void> {
  const found = await unlessMissing(byNumber(octokit, id));
  const now = found && repositoryFrom(found.data, { org: owner, orgId, repo });
  if (now?.owner !== owner || now.repo !== repo) throw renamed(`the repository ${owner}/${repo}`);
}

const renamed = (what: string): Fault =>
  new Fault('not-verified', `github: somebody renamed or deleted ${what} during the call`);
