import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Client, Scope } from './client.ts';
import { statusOf, unlessMissing } from './failures.ts';
import { repositorySelection } from './installation.ts';
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
    const name = id === undefined ? repo : await nameOf(octokit, target, id);
    return { kind: 'found', at: { octokit, owner: org, repo: name }, renamed: name !== repo };
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
    const name = await nameOf(metadataClient, target, moved);
    const octokit = await client.withToken({ permissions, repository: { name } }, signal);
    return { kind: 'found', at: { octokit, owner: org, repo: name }, renamed: true };
  }
  // Throws when the repository has another owner now.
  if (answer && id !== undefined) await nameOf(metadataClient, target, id);
  if (answer)
    throw new Fault(
      'provider-forbidden',
      'github: the App lacks permissions. Run "curfew doctor" to see which',
    );
  if ((await repositorySelection(client, org, signal)) !== 'all')
    throw new Fault(
      'provider-forbidden',
      `github: the App cannot see ${org}/${repo}. The repository does not exist any more, or the App has lost access to it`,
    );
  return {
    kind: 'missing',
    seen: `GitHub answers 404 for the repository ${org}/${repo}, and the App can see all repositories`,
  };
}

/** GitHub's number for a repository. It does not change when the name changes. */
export async function repositoryId({ octokit, owner, repo }: At): Promise<number> {
  return (await octokit.rest.repos.get({ owner, repo })).data.id;
}

/** Reads a repository by number. This address is not in GitHub's API description, but GitHub's redirects use it. */
const byNumber = (octokit: Octokit, id: number) =>
  octokit.request('GET /repositories/{repository_id}', { repository_id: id });

async function nameOf(octokit: Octokit, { org, repo }: RepoTarget, id: number): Promise<string> {
  const { data } = await byNumber(octokit, id);
  const { name, owner } = Object(data) as { name?: unknown; owner?: { login?: unknown } };
  if (typeof name !== 'string' || String(owner?.login).toLowerCase() !== org.toLowerCase())
    throw new Fault('provider-forbidden', `github: ${org}/${repo} was moved to another owner`);
  return name;
}
