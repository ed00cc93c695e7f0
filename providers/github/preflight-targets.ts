import type { Octokit } from '@octokit/rest';
import type { Asked, Permission } from '../provider.ts';
import type { Client, Scope } from './client.ts';
import { statusOf, toFault, unlessMissing } from './failures.ts';
import type { Installation } from './installation.ts';
import { byName, byNumber, movedTo, repositoryFrom } from './locate.ts';
import { nameOf, targetKey, type GitHubTarget, type RepoTarget, type TeamTarget } from './target.ts';
import { teamFrom } from './team-locate.ts';

type Installed = Installation & Readonly<{ held: ReadonlyMap<string, string> }>;
/** What is wrong with a target. Undefined when nothing is. */
type Finding = string | undefined;

/** Looks at each target once, with a token that can only read. A kind of target that the App may not read is left out. */
export async function examineTargets(
  client: Client,
  installed: Installed,
  { targets, duty }: Asked<GitHubTarget>,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const unique = [...new Map(targets.map((target) => [targetKey(target), target])).values()];
  const readable = unique.filter(({ kind }) => kind === 'repository' || installed.held.has('members'));
  if (readable.length === 0) return [];
  const octokit = await client.withToken({ permissions: readOnly(installed) }, signal);
  const identity = identityProviders(octokit);
  const found: Permission[] = [];
  for (const target of readable) {
    const what = await examine(octokit, { target, installed, isForRevoke: duty === 'revoke', identity });
    if (what !== undefined)
      found.push({ severity: 'missing', what: `${target.org}/${nameOf(target)}: ${what}` });
  }
  return found;
}

const readOnly = ({ held }: Installed): Scope['permissions'] => ({
  ...(held.has('members') && { members: 'read' }),
  metadata: 'read',
});

type Examined = Readonly<{
  target: GitHubTarget;
  installed: Installed;
  isForRevoke: boolean;
  identity: (team: TeamTarget) => Promise<boolean>;
}>;

async function examine(octokit: Octokit, examined: Examined): Promise<Finding> {
  const { target, installed } = examined;
  const { org, orgId } = installed;
  const isHere =
    target.orgId === undefined ? target.org.toLowerCase() === org.toLowerCase() : target.orgId === orgId;
  if (!isHere) return `the App is installed in ${org}, and not there`;
  return target.kind === 'team'
    ? examineTeam(octokit, target, examined)
    : examineRepository(octokit, target, examined);
}

/** A revoke of a team that does not exist succeeds, and it uses the number, so a rename does not matter to it. */
async function examineTeam(
  { rest }: Octokit,
  target: TeamTarget,
  { installed, isForRevoke, identity }: Examined,
): Promise<Finding> {
  const { team: slug, id } = target;
  const named = await unlessMissing(rest.teams.getByName({ org: installed.org, team_slug: slug }));
  const found = teamFrom(named?.data);
  if (!found) return isForRevoke || id !== undefined ? undefined : 'there is no such team';
  if (id !== undefined && found.id !== id) return undefined;
  return (await identity({ ...target, org: installed.org }))
    ? 'the identity provider manages the team, so Curfew cannot change its members'
    : undefined;
}

/** A number finds the team or repository under another name, so a name that does not fit it is no error. */
async function examineRepository(
  octokit: Octokit,
  target: RepoTarget,
  { installed, isForRevoke }: Examined,
): Promise<Finding> {
  const { id } = target;
  const here = { ...target, org: installed.org };
  const found = await unlessMissing<Readonly<{ data: unknown; headers: object }>>(
    id === undefined ? byName(octokit, here) : byNumber(octokit, id),
  );
  if (!found) {
    if (installed.selection === 'selected')
      return 'the App cannot see the repository. It does not exist, or it is none of the selected ones';
    return isForRevoke ? undefined : 'there is no such repository';
  }
  if (movedTo(found.headers) !== undefined)
    return isForRevoke ? undefined : 'the repository was renamed. Change the name in the catalogue';
  return stateOf(found.data, here);
}

function stateOf(data: unknown, target: RepoTarget): Finding {
  try {
    return repositoryFrom(data, target).archived
      ? 'the repository is archived, so GitHub refuses every change of access'
      : undefined;
  } catch (error) {
    return toFault(error).message.replace(/^[a-z-]+: github: /, '');
  }
}

/**
 * Whether an identity provider manages a team: an external group of an enterprise with managed users ("List a connection
 * between an external group and a team"), or team synchronization ("List IdP groups for a team"). An organisation that does not
 * have one of them answers with an error, and is not asked again for other teams.
 */
function identityProviders(octokit: Octokit): (team: TeamTarget) => Promise<boolean> {
  const routes = new Set([
    'GET /orgs/{org}/teams/{team_slug}/external-groups',
    'GET /orgs/{org}/teams/{team_slug}/team-sync/group-mappings',
  ]);
  return async ({ org, team }) => {
    for (const route of routes) {
      const groups = await groupsOf(octokit, route, { org, team_slug: team });
      if (groups === undefined) routes.delete(route);
      else if (groups > 0) return true;
    }
    return false;
  };
}

/** The number of groups, or undefined when the organisation does not have this feature or the App may not read it. */
async function groupsOf(
  octokit: Octokit,
  route: string,
  at: Readonly<{ org: string; team_slug: string }>,
): Promise<number | undefined> {
  try {
    const { groups } = Object((await octokit.request(route, at)).data) as { groups?: unknown };
    return Array.isArray(groups) ? groups.length : 0;
  } catch (error) {
    const fault = toFault(error);
    if (fault.retry || statusOf(error) === 0) throw fault;
    return undefined;
  }
}
