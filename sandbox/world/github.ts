import type { AccessRow } from './access-row.ts';
import type { Reading, VendorReader } from './vendor-watcher.ts';

/** One person's membership of a team or role on a repository, as GitHub shows it. */
export type Membership = Readonly<{ login: string; role: string; state: 'active' | 'pending' }>;

/**
 * Reads a team's members and a repository's direct collaborators, with those who are invited and have not
 * accepted yet.
 */
export interface GithubSource {
  team(slug: string, signal: AbortSignal): Promise<readonly Membership[]>;
  repository(name: string, signal: AbortSignal): Promise<readonly Membership[]>;
}

/** `names` maps a GitHub login to the person's full name. A login that is not in it is shown as it is. */
export type GithubOptions = Readonly<{
  source: GithubSource;
  org: string;
  teams: readonly string[];
  repositories: readonly string[];
  names: ReadonlyMap<string, string>;
}>;

const PENDING = { kind: 'waiting', text: 'invited, not accepted yet' } as const;

const rowOf = (
  group: string,
  what: string,
  membership: Membership,
  names: ReadonlyMap<string, string>,
): AccessRow => ({
  id: `github-${group}-${membership.login}`,
  who: names.get(membership.login) ?? membership.login,
  what,
  state: membership.state === 'pending' ? PENDING : { kind: 'open' },
});

/** Reads team members, direct collaborators and open invitations. GitHub stores no end for any of them. */
export const githubReader = ({ source, org, teams, repositories, names }: GithubOptions): VendorReader => ({
  name: 'github',
  title: 'GitHub',
  where: `Teams and direct collaborators of ${org}`,
  async read(signal): Promise<Reading> {
    const inTeams = teams.map(async (team) =>
      (await source.team(team, signal)).map((membership) =>
        rowOf(team, `${membership.role} of the team ${team}`, membership, names),
      ),
    );
    const inRepositories = repositories.map(async (name) =>
      (await source.repository(name, signal)).map((membership) =>
        rowOf(name, `${membership.role} on ${org}/${name}`, membership, names),
      ),
    );
    const rows = (await Promise.all([...inTeams, ...inRepositories])).flat();
    return { rows, empty: `Nobody in ${[...teams, ...repositories].join(', ')}.` };
  },
});
