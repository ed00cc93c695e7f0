import { z } from 'zod';
import type { GithubSource, Membership } from './github.ts';

export type RestOptions = Readonly<{
  baseUrl: string;
  /** Sent as a bearer token. These requests count against the same hourly limit as the bot's requests. */
  token: () => string | Promise<string>;
  org: string;
}>;

const Member = z.object({ login: z.string() });
const Collaborator = z.object({ login: z.string(), role_name: z.string().optional() });
const TeamInvitation = z.object({ login: z.string().nullable() });
const RepositoryInvitation = z.object({ invitee: Member.nullable(), permissions: z.string() });

const collaborator = ({ login, role_name }: z.infer<typeof Collaborator>): Membership => ({
  login,
  role: role_name ?? 'collaborator',
  state: 'active',
});

/**
 * Reads through GitHub's REST API. Rejects when GitHub refuses a request, so that a refusal is not shown as
 * an empty team.
 */
export function githubRest({ baseUrl, token, org }: RestOptions): GithubSource {
  const list = async <T>(path: string, one: z.ZodType<T>, signal: AbortSignal): Promise<readonly T[]> => {
    const response = await fetch(`${baseUrl.replace(/\/$/, '')}${path}`, {
      signal,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${await token()}`,
        'user-agent': 'sandbox-world',
      },
    });
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${path}`);
    return z.array(one).parse(await response.json());
  };

  return {
    async team(slug, signal) {
      const base = `/orgs/${org}/teams/${slug}`;
      const [members, invited] = await Promise.all([
        list(`${base}/members?per_page=100`, Member, signal),
        list(`${base}/invitations?per_page=100`, TeamInvitation, signal),
      ]);
      return [
        ...members.map(({ login }): Membership => ({ login, role: 'member', state: 'active' })),
        ...invited.map(({ login }): Membership => ({
          login: login ?? 'somebody',
          role: 'member',
          state: 'pending',
        })),
      ];
    },
    async repository(name, signal) {
      const base = `/repos/${org}/${name}`;
      const [collaborators, invited] = await Promise.all([
        list(`${base}/collaborators?affiliation=direct&per_page=100`, Collaborator, signal),
        list(`${base}/invitations?per_page=100`, RepositoryInvitation, signal),
      ]);
      return [
        ...collaborators.map(collaborator),
        ...invited.map(({ invitee, permissions }): Membership => ({
          login: invitee?.login ?? 'somebody',
          role: permissions,
          state: 'pending',
        })),
      ];
    },
  };
}
