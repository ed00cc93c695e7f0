import type { FoundPage } from '../provider.ts';
import type { Client } from './client.ts';
import type { At } from './discover-page.ts';
import { discoverRepository } from './discover-repository.ts';
import { discoverTeam } from './discover-team.ts';
import type { GitHubTarget } from './target.ts';

/** Who is in a team, or who has access to a repository. */
export const discover = (client: Client, target: GitHubTarget, at: At): Promise<FoundPage<GitHubTarget>> =>
  target.kind === 'team' ? discoverTeam(client, target, at) : discoverRepository(client, target, at);
