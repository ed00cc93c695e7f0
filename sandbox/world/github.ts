import { z } from 'zod';
import type { Reading, WorldReader, WorldRow } from './world.ts';

/** `names` maps a login to the name people know; a login not in it is shown as it is. */
export type GithubOptions = Readonly<{
  baseUrl: string;
  /** Sent as a bearer token, where the counterpart asks for one. */
  token?: () => string | Promise<string>;
  org: string;
  teams: readonly string[];
  /** Repositories whose direct collaborators and open invitations are shown, without the owner. */
  repositories: readonly string[];
  names: ReadonlyMap<string, string>;
}>;

const Account = z.object({ login: z.string() });
const Member = Account;
const Collaborator = z.object({ login: z.string(), role_name: z.string().optional() });
const Invitation = z.object({
  id: z.number(),
  invitee: Account.nullable().optional(),
  login: z.string().nullable().optional(),
  permissions: z.string().optional(),
});

async function getAll<T>(
  options: GithubOptions,
  path: string,
  one: z.ZodType<T>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const token = await options.token?.();
  const response = await fetch(new URL(`${options.baseUrl.replace(/\/$/, '')}${path}`), {
    signal,
    headers: {
      accept: 'application/vnd.github+json',
      'user-agent': 'sandbox-world',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });
  if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${path}`);
  return z.array(one).parse(await response.json());
}

const PENDING = { kind: 'waiting', words: 'invited, not accepted yet' } as const;

async function teamRows(
  options: GithubOptions,
  team: string,
  signal: AbortSignal,
): Promise<readonly WorldRow[]> {
  const { org, names } = options;
  const base = `/orgs/${org}/teams/${team}`;
  const [members, invitations] = await Promise.all([
    getAll(options, `${base}/members?per_page=100`, Member, signal),
    getAll(options, `${base}/invitations?per_page=100`, Invitation, signal),
  ]);
  const nameOf = (login: string) => names.get(login) ?? login;
  return [
    ...members.map(({ login }) => ({
      id: `github-${team}-${login}`,
      who: nameOf(login),
      what: `member of the team ${org}/${team}`,
      state: { kind: 'open' } as const,
    })),
    ...invitations.map(({ id, login, invitee }) => ({
      id: `github-${team}-invitation-${id}`,
      who: nameOf(login ?? invitee?.login ?? 'somebody'),
      what: `team ${org}/${team}`,
      state: PENDING,
    })),
  ];
}

async function repositoryRows(
  options: GithubOptions,
  repository: string,
  signal: AbortSignal,
): Promise<readonly WorldRow[]> {
  const { org, names } = options;
  const base = `/repos/${org}/${repository}`;
  const [collaborators, invitations] = await Promise.all([
    getAll(options, `${base}/collaborators?affiliation=direct&per_page=100`, Collaborator, signal),
    getAll(options, `${base}/invitations?per_page=100`, Invitation, signal),
  ]);
  const nameOf = (login: string) => names.get(login) ?? login;
  return [
    ...collaborators.map(({ login, role_name }) => ({
      id: `github-${repository}-${login}`,
      who: nameOf(login),
      what: `${role_name ?? 'some access'} on ${org}/${repository}`,
      state: { kind: 'open' } as const,
    })),
    ...invitations.map(({ id, invitee, permissions }) => ({
      id: `github-${repository}-invitation-${id}`,
      who: nameOf(invitee?.login ?? 'somebody'),
      what: `${permissions ?? 'some access'} on ${org}/${repository}`,
      state: PENDING,
    })),
  ];
}

/** Team members, direct collaborators and open invitations. GitHub knows no end for any of them. */
export const githubReader = (options: GithubOptions): WorldReader => ({
  name: 'github',
  title: 'GitHub',
  where: `Teams and collaborators of ${options.org}`,
  async read(signal): Promise<Reading> {
    const found = await Promise.all([
      ...options.teams.map((team) => teamRows(options, team, signal)),
      ...options.repositories.map((repository) => repositoryRows(options, repository, signal)),
    ]);
    const places = [...options.teams, ...options.repositories].join(', ');
    return { rows: found.flat(), empty: `Nobody in ${places}.` };
  },
});
