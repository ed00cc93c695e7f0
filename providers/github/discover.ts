import { Fault } from '../../core/faults.ts';
import type { FoundPage } from '../provider.ts';
import type { Client } from './client.ts';
import { discoverRepository } from './discover-repository.ts';
import { discoverTeam } from './discover-team.ts';
import type { GitHubTarget } from './target.ts';

/** Where a page begins: after this cursor, in the first list or in the second. */
export type Cursor = Readonly<{ list: string; after: string | null }>;

export type At = Readonly<{ page?: string | undefined; signal: AbortSignal }>;

/** Reads `<list> <cursor>`. GitHub's cursors have no space. */
export function cursorOf(page: string | undefined, first: string): Cursor {
  const [list = first, after] = page?.split(' ') ?? [];
  return { list, after: after ?? null };
}

/** Who is in a team, or who has access to a repository. */
export const discover = (client: Client, target: GitHubTarget, at: At): Promise<FoundPage<GitHubTarget>> =>
  target.kind === 'team' ? discoverTeam(client, target, at) : discoverRepository(client, target, at);

/** GitHub answers a query without the list: the App may not see it. A list that is not shown is no empty list. */
export const notShown = (what: string): Fault =>
  new Fault('provider-forbidden', `github: GitHub does not show the App ${what}`);
