import type { PreflightInput } from '../provider.ts';
import { nameOf, type GitHubTarget } from './target.ts';

/**
 * What administrators could choose instead of entries in repositories. "If the user had their own fork of the repository, the fork
 * will be deleted" (Remove a repository collaborator). From a team, GitHub deletes only forks of private repositories to which the
 * person has no other access (Removing organization members from a team).
 */
export function adviceOn({ targets, duty }: PreflightInput<GitHubTarget>): readonly string[] {
  const repositories = targets.filter(({ kind }) => kind === 'repository');
  if (duty !== 'grant' || repositories.length === 0) return [];
  const names = new Set(repositories.map((target) => `${target.org}/${nameOf(target)}`));
  return [
    `A team is a better choice than an entry in a repository, where there is one. When an entry ends, GitHub deletes every fork that the person made of the repository, if it is private. When a membership ends, only those of repositories to which the person has no other access. The catalogue has entries in ${[...names].join(', ')}.`,
  ];
}
