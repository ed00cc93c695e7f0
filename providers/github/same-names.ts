import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import { accountOf, type Account } from './account.ts';
import { unlessMissing } from './failed-call.ts';
import { type At } from './locate.ts';
import { byNumber, repositoryFrom } from './repository-answer.ts';

/**
 * GitHub's calls take names, and a 404 for a name that somebody changed looks like "no access". So what shows no access counts
 * only when the account still has the name that the calls used. Otherwise the next attempt uses the new one.
 */
export async function assertSameAccount(octokit: Octokit, account: Account): Promise<void> {
  if (!account.hidden && !(await hasSameName(octokit, account)))
    throw renamed(`the account ${account.login}`);
}

/**
 * For a grant that does not show for the account. GitHub adds people by name, so another account that took the name may have
 * the access. Curfew does not know what that one had before, so the grant fails, and a person must look.
 */
export async function assertNotGrantedToAnother(octokit: Octokit, account: Account): Promise<void> {
  if (await hasSameName(octokit, account)) return;
  throw new Fault(
    'subject-changed',
    `github: somebody renamed or deleted the account ${account.login} during the grant. Another account may have its name and the access now: look, and remove it`,
  );
}

const hasSameName = async (octokit: Octokit, { id, login }: Account): Promise<boolean> =>
  (await accountOf(octokit, { id: String(id), name: login }))?.login === login;

/**
 * Throws unless the repository still has the owner and the name that the calls used. Otherwise a 404 proves nothing. A repository
 * that was transferred has another owner.
 */
export async function assertSameRepository({ octokit, id, orgId, owner, repo }: At): Promise<void> {
  const found = await unlessMissing(byNumber(octokit, id));
  const now = found && repositoryFrom(found.data, { org: owner, orgId, repo });
  if (now?.owner !== owner || now.repo !== repo) throw renamed(`the repository ${owner}/${repo}`);
}

const renamed = (what: string): Fault =>
  new Fault('not-verified', `github: somebody renamed or deleted ${what} during the call`);
