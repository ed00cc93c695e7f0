import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
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
