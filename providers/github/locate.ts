import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Client, Scope } from './client.ts';
import { statusOf, unlessMissing } from './failures.ts';
import { installationIn } from './installation.ts';
import type { RepoTarget } from './target.ts';

/** A repository with its current name, and a client whose token is valid for this repository only. */
export type At = Readonly<{ octokit: Octokit; owner: string; repo: string }>;

/** `missing` only when that is certain, because GitHub answers 404 also for what the App may not see. */
export type Found = Readonly<{ kind: 'found'; at: At; renamed: boolean } | { kind: 'missing'; seen: string }>;

type Permissions = Scope['permissions'];

/** Follows a renamed repository, because access that was granted moves with it. */
export async function findRepository(
  client: Client,
  target: RepoTarget,
  permissions: Permissions,
  signal: AbortSignal,
): Promise<Found> {
  const { org, repo, id } = target;
  const repository = { name: repo, ...(id === undefined ? {} : { id }) };
  try {
    const octokit = await client.withToken({ permissions, repository }, signal);
    const at = id === undefined ? { owner: org, repo } : await addressOf(octokit, target, id);
    return { kind: 'found', at: { octokit, ...at }, renamed: at.repo !== repo };
  } catch (error) {
    // 422: the installation has no such repository, or lacks the permissions.
    if (statusOf(error) !== 422) throw error;
    return searchRepository(client, target, permissions, signal);
  }
}

/** The repository for a grant. A renamed one is refused, because people approved the name in the catalogue. */
export async function requireRepository(
  client: Client,
  target: RepoTarget,
  permissions: Permissions,
  signal: AbortSignal,
): Promise<At> {
  const found = await findRepository(client, target, permissions, signal);
  const where = `${target.org}/${target.repo}`;
  if (found.kind === 'missing') throw new Fault('target-missing', `github: no repository ${where}`);
  if (found.renamed && target.id === undefined)
    throw new Fault(
      'target-missing',
      `github: ${where} was renamed to ${found.at.repo}. Change the name in the catalogue`,
    );
  return found.at;
}

async function searchRepository(
  client: Client,
  target: RepoTarget,
  permissions: Permissions,
  signal: AbortSignal,
): Promise<Found> {
  const { org, repo, id } = target;
  const metadataClient = await client.withToken({ permissions: { metadata: 'read' } }, signal);
  const answer = await unlessMissing(
    id === undefined ? metadataClient.rest.repos.get({ owner: org, repo }) : byNumber(metadataClient, id),
  );
  const moved = answer && Number(/\/repositories\/(\d+)/.exec(String(answer.headers.location))?.[1]);
  if (id === undefined && moved) {
    const at = await addressOf(metadataClient, target, moved);
    const octokit = await client.withToken({ permissions, repository: { name: at.repo } }, signal);
    return { kind: 'found', at: { octokit, ...at }, renamed: true };
  }
  // Throws when the repository has another owner now.
  if (answer && id !== undefined) await addressOf(metadataClient, target, id);
  if (answer)
    throw new Fault(
      'provider-forbidden',
      'github: the App lacks permissions. Run "curfew doctor" to see which',
    );
  if ((await installationIn(client, target, signal)).selection !== 'all')
    throw new Fault(
      'provider-forbidden',
      `github: the App cannot see ${org}/${repo}. The repository does not exist any more, or the App has lost access to it`,
    );
  return {
    kind: 'missing',
    seen: `GitHub answers 404 for the repository ${org}/${repo}, and the App can see all repositories`,
  };
}

/** GitHub's numbers for a repository and its organisation. They do not change when a name changes. */
export async function numbersOf({ octokit, owner, repo }: At): Promise<{ id: number; orgId: number }> {
  const { data } = await octokit.rest.repos.get({ owner, repo });
  return { id: data.id, orgId: data.owner.id };
}

/** Reads a repository by number. This address is not in GitHub's API description, but GitHub's redirects use it. */
const byNumber = (octokit: Octokit, id: number) =>
  octokit.request('GET /repositories/{repository_id}', { repository_id: id });

/** The current names of a repository and its organisation. The organisation's number finds a renamed one. */
async function addressOf(
  octokit: Octokit,
  { org, orgId, repo }: RepoTarget,
  id: number,
): Promise<Omit<At, 'octokit'>> {
  const { data } = await byNumber(octokit, id);
  const { name, owner } = Object(data) as { name?: unknown; owner?: { login?: unknown; id?: unknown } };
  const login = String(owner?.login);
  const isSame = orgId === undefined ? login.toLowerCase() === org.toLowerCase() : owner?.id === orgId;
  if (typeof name !== 'string' || !isSame)
    throw new Fault('provider-forbidden', `github: ${org}/${repo} was moved to another owner`);
  return { owner: login, repo: name };
}
