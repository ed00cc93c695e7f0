import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Client, Scope } from './client.ts';
import { statusOf, unlessMissing } from './failures.ts';
import { installationIn } from './installation.ts';
import type { RepoTarget } from './target.ts';

/** A repository with its current names. `node` is its id in GraphQL. */
export type Repository = Readonly<{
  owner: string;
  repo: string;
  id: number;
  orgId: number;
  node: string;
  archived: boolean;
  /** Private repositories show to nobody by themselves. */
  visibility: 'private' | 'internal' | 'public';
}>;

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

export const byName = ({ rest }: Octokit, { org, repo }: RepoTarget) => rest.repos.get({ owner: org, repo });

/** Reads a repository by number. This address is not in GitHub's API description, but GitHub's redirects use it. */
export const byNumber = (octokit: Octokit, id: number) =>
  octokit.request('GET /repositories/{repository_id}', { repository_id: id });

/** The number of the repository to which GitHub redirects, when its name is a former name. */
export function movedTo(headers: Readonly<{ location?: string }>): number | undefined {
  const number = /\/repositories\/(\d+)/.exec(String(headers.location))?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The current names and numbers. The organisation's number finds a renamed one. Throws for another owner. */
export function repositoryFrom(
  data: unknown,
  { org, orgId, repo }: Pick<RepoTarget, 'org' | 'orgId' | 'repo'>,
): Repository {
  const { id, node_id: node, name, owner, archived, ...rest } = Object(data) as Record<string, unknown>;
  const { login, id: ownerId } = Object(owner) as Record<string, unknown>;
  const isSame = orgId === undefined ? String(login).toLowerCase() === org.toLowerCase() : ownerId === orgId;
  const isWhole = typeof id === 'number' && typeof name === 'string' && typeof ownerId === 'number';
  if (!isWhole || !isSame)
    throw new Fault('provider-forbidden', `github: ${org}/${repo} was moved to another owner`);
  return {
    owner: String(login),
    repo: name,
    id,
    orgId: ownerId,
    node: String(node),
    archived: archived === true,
    visibility: visibilityOf(rest),
  };
}

const visibilityOf = ({
  visibility,
  private: isPrivate,
}: Record<string, unknown>): Repository['visibility'] => {
  if (visibility === 'internal' || visibility === 'public' || visibility === 'private') return visibility;
  return isPrivate === false ? 'public' : 'private';
};
