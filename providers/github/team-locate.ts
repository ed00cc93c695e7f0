import type { Octokit } from '@octokit/rest';
import { Fault } from '../../core/faults.ts';
import type { Client } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { installationIn } from './installation.ts';
import type { TeamTarget } from './target.ts';

/** A team with its current names. `node` is its id in GraphQL. */
export type Team = Readonly<{ id: number; node: string; slug: string; org: string; orgId: number }>;

export function teamFrom(answer: unknown): Team | undefined {
  const { id, node_id: node, slug, organization } = Object(answer) as Record<string, unknown>;
  const { id: orgId, login: org } = Object(organization) as Record<string, unknown>;
  const isWhole = typeof id === 'number' && typeof orgId === 'number';
  return isWhole && typeof node === 'string' && typeof slug === 'string' && typeof org === 'string'
    ? { id, node, slug, org, orgId }
    : undefined;
}

/**
 * The team with its current name, or undefined when it does not exist. With a number, it is found under any name, also in
 * an organisation that was renamed: "You can also specify a team by `org_id` and `team_id` using the route
 * `GET /organizations/{org_id}/team/{team_id}`" (Get a team by name). A 404 counts only for the App's own organisation.
 */
export async function findTeam(
  client: Client,
  octokit: Octokit,
  target: TeamTarget,
  signal: AbortSignal,
): Promise<Team | undefined> {
  const { org, team: slug, id, orgId } = target;
  const named = await unlessMissing(octokit.rest.teams.getByName({ org, team_slug: slug }));
  const found = teamFrom(named?.data);
  const isIt =
    found && (id === undefined || found.id === id) && (orgId === undefined || found.orgId === orgId);
  if (isIt) return found;
  const installed = await installationIn(client, target, signal);
  if (id === undefined) return undefined;
  const numbered = await unlessMissing(
    octokit.request('GET /organizations/{org_id}/team/{team_id}', { org_id: installed.orgId, team_id: id }),
  );
  return teamFrom(numbered?.data);
}

export async function requireTeam(
  client: Client,
  octokit: Octokit,
  target: TeamTarget,
  signal: AbortSignal,
): Promise<Team> {
  const found = await findTeam(client, octokit, target, signal);
  if (!found) throw new Fault('target-missing', `github: no team ${target.org}/${target.team}`);
  return found;
}
