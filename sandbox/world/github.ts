import type { WorldRow } from './row.ts';
import type { Reading, WorldReader } from './world.ts';

/** Somebody's place in a team or a repository, as GitHub shows it. */
export type Membership = Readonly<{ login: string; role: string; state: 'active' | 'pending' }>;

/** Where a team's members and a repository's direct collaborators are read, open invitations included. */
export interface GithubSource {
  team(slug: string, signal: AbortSignal): Promise<readonly Membership[]>;
  repository(name: string, signal: AbortSignal): Promise<readonly Membership[]>;
}

/** `names` maps a login to the name people know; a login not in it is shown as it is. */
export type GithubOptions = Readonly<{
  source: GithubSource;
  org: string;
  teams: readonly string[];
  repositories: readonly string[];
  names: ReadonlyMap<string, string>;
}>;

const PENDING = { kind: 'waiting', words: 'invited, not accepted yet' } as const;

const rowOf = (
  place: string,
  what: string,
  seat: Membership,
  names: ReadonlyMap<string, string>,
): WorldRow => ({
  id: `github-${place}-${seat.login}`,
  who: names.get(seat.login) ?? seat.login,
  what,
  state: seat.state === 'pending' ? PENDING : { kind: 'open' },
});

/** Team members, direct collaborators and open invitations. GitHub knows no end for any of them. */
export const githubReader = ({ source, org, teams, repositories, names }: GithubOptions): WorldReader => ({
  name: 'github',
  title: 'GitHub',
  where: `Teams and direct collaborators of ${org}`,
  async read(signal): Promise<Reading> {
    const inTeams = teams.map(async (team) =>
      (await source.team(team, signal)).map((seat) =>
        rowOf(team, `${seat.role} of the team ${team}`, seat, names),
      ),
    );
    const inRepositories = repositories.map(async (name) =>
      (await source.repository(name, signal)).map((seat) =>
        rowOf(name, `${seat.role} on ${org}/${name}`, seat, names),
      ),
    );
    const rows = (await Promise.all([...inTeams, ...inRepositories])).flat();
    return { rows, empty: `Nobody in ${[...teams, ...repositories].join(', ')}.` };
  },
});
