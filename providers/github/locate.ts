import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Client, Scope } from './client.ts';
import { statusOf, unlessMissing } from './failed-call.ts';
import { installationIn } from './installation.ts';
import { byName, byNumber, movedTo, repositoryFrom, type Repository } from './repository-answer.ts';
import type { RepoTarget } from './target.ts';

/** A repository and a client whose token is valid for this repository only. */
export type At = Repository & Readonly<{ octokit: Octokit }>;

/**
 * `missing`: the organisation has no such repository, because GitHub answers 404 and the App could see it. It was deleted or
 * transferred. `isKnownDeleted`: an operator says that it was deleted.
 */
export type Found = Readonly<
  { kind: 'found'; at: At; renamed: boolean } | { kind: 'missing'; isKnownDeleted: boolean; seen: string }
>;

type Permissions = Scope['permissions'];

/** Follows a renamed repository, because access that was granted moves with it. */
export async function findRepository(
  client: Client,
  target: RepoTarget,
  permissions: Permissions,
  signal: AbortSignal,
): Promise<Found> {
  const { repo, id } = target;
  const repository = { name: repo, ...(id === undefined ? {} : { id }) };
  try {
    const octokit = await client.withToken({ permissions, repository }, signal);
    const { data } = await (id === undefined ? byName(octokit, target) : byNumber(octokit, id));
    const at = { octokit, ...repositoryFrom(data, target) };
    return { kind: 'found', at, renamed: at.repo.toLowerCase() !== repo.toLowerCase() };
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
  const seen = `GitHub answers 404 for the repository ${org}/${repo}`;
  const octokit = await client.withToken({ permissions: { metadata: 'read' } }, signal);
  const answer = await unlessMissing<Readonly<{ data: unknown; headers: object }>>(
    id === undefined ? byName(octokit, target) : byNumber(octokit, id),
  );
  const moved = answer && movedTo(answer.headers);
  if (id === undefined && moved !== undefined) {
    const { data } = await byNumber(octokit, moved);
    const at = repositoryFrom(data, target);
    const narrowed = await client.withToken({ permissions, repository: { name: at.repo } }, signal);
    return { kind: 'found', at: { octokit: narrowed, ...at }, renamed: true };
  }
  if (answer) {
    if (id !== undefined) repositoryFrom(answer.data, target); // Throws when it has another owner now.
    throw new Fault(
      'provider-forbidden',
      'github: the App lacks permissions. Run "curfew doctor" to see which',
    );
  }
  if (client.isKnownDeleted(id))
    return {
      kind: 'missing',
      isKnownDeleted: true,
      seen: `${seen}, and GITHUB_DELETED_REPOSITORIES says that number ${id} was deleted`,
    };
  if ((await installationIn(client, target, signal)).selection !== 'all')
    throw new Fault(
      'provider-forbidden',
      `github: the App cannot see ${org}/${repo}. The repository does not exist any more, or the App has lost access to it`,
    );
  return {
    kind: 'missing',
    isKnownDeleted: false,
    seen: `${seen}, and the App can see all repositories`,
  };
}
