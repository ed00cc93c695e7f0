import type { Octokit } from '@octokit/rest';
import type { Permission, PreflightInput } from '../provider.ts';
import type { Client, Scope } from './client.ts';
import { unlessMissing } from './failed-call.ts';
import { toFault } from './failures.ts';
import { identityProviders } from './identity-provider.ts';
import type { Installation } from './installation.ts';
import { byName, byNumber, movedTo, repositoryFrom } from './repository-answer.ts';
import { nameOf, targetKey, type GitHubTarget, type RepoTarget, type TeamTarget } from './target.ts';
import { teamFrom } from './team-locate.ts';

type Installed = Installation & Readonly<{ held: ReadonlyMap<string, string> }>;
/** What is wrong with a target, or could not be found out. Undefined when nothing is wrong. */
type Finding = Permission | undefined;

const missing = (what: string): Permission => ({ severity: 'missing', what });
const unknown = (what: string): Permission => ({ severity: 'unknown', what });

/**
 * Looks at each target once, and changes nothing. A kind of target that the App may not read is left out. For teams the token
 * may write members, because GitHub shows the groups of an identity provider only with that permission.
 */
export async function checkTargets(
  client: Client,
  installed: Installed,
  { targets, duty }: PreflightInput<GitHubTarget>,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const unique = [...new Map(targets.map((target) => [targetKey(target), target])).values()];
  const readable = unique.filter(({ kind }) => kind === 'repository' || installed.held.has('members'));
  if (readable.length === 0) return [];
  const permissions = tokenFor(installed, readable);
  const octokit = await client.withToken({ permissions }, signal);
  const identity = identityProviders(octokit);
  const found: Permission[] = [];
  for (const target of readable) {
    const finding = await checkTarget(octokit, {
      target,
      installed,
      isForRevoke: duty !== 'grant',
      identity,
    });
    if (finding) found.push({ ...finding, what: `${target.org}/${nameOf(target)}: ${finding.what}` });
  }
  return found;
}

/** The token's permissions: no more than what these targets are looked at with. */
const tokenFor = ({ held }: Installed, targets: readonly GitHubTarget[]): Scope['permissions'] => ({
  ...(targets.some(({ kind }) => kind === 'team') && {
    members: held.get('members') === 'write' ? 'write' : 'read',
  }),
  metadata: 'read',
});

type TargetInput = Readonly<{
  target: GitHubTarget;
  installed: Installed;
  isForRevoke: boolean;
  identity: ReturnType<typeof identityProviders>;
}>;

async function checkTarget(octokit: Octokit, input: TargetInput): Promise<Finding> {
  const { target, installed } = input;
  const { org, orgId } = installed;
  const isHere =
    target.orgId === undefined ? target.org.toLowerCase() === org.toLowerCase() : target.orgId === orgId;
  if (!isHere) return missing(`the App is installed in ${org}, and not there`);
  return target.kind === 'team' ? checkTeam(octokit, target, input) : checkRepository(octokit, target, input);
}

/** A revoke of a team that does not exist succeeds, and it uses the number, so a rename does not matter to it. */
async function checkTeam(
  { rest }: Octokit,
  target: TeamTarget,
  { installed, isForRevoke, identity }: TargetInput,
): Promise<Finding> {
  const { team: slug, id } = target;
  const named = await unlessMissing(rest.teams.getByName({ org: installed.org, team_slug: slug }));
  const found = teamFrom(named?.data);
  if (!found) return isForRevoke || id !== undefined ? undefined : missing('there is no such team');
  // Without the permission to write members, which is missing then, GitHub does not say it.
  if ((id !== undefined && found.id !== id) || installed.held.get('members') !== 'write') return undefined;
  const management = await identity(found);
  if (management === 'managed')
    return missing('the identity provider manages the team, so Curfew cannot change its members');
  return management === 'unknown'
    ? unknown('GitHub does not say whether an identity provider manages the team')
    : undefined;
}

/** A number finds the team or repository under another name, so a name that does not fit it is no error. */
async function checkRepository(
  octokit: Octokit,
  target: RepoTarget,
  { installed, isForRevoke }: TargetInput,
): Promise<Finding> {
  const { id } = target;
  const here = { ...target, org: installed.org };
  const found = await unlessMissing<Readonly<{ data: unknown; headers: object }>>(
    id === undefined ? byName(octokit, here) : byNumber(octokit, id),
  );
  if (!found) {
    if (installed.selection === 'selected')
      return missing(
        'the App cannot see the repository. It does not exist, or it is none of the selected ones',
      );
    return isForRevoke ? undefined : missing('there is no such repository');
  }
  if (movedTo(found.headers) !== undefined)
    return isForRevoke ? undefined : missing('the repository was renamed. Change the name in the catalogue');
  return stateOf(found.data, here);
}

function stateOf(data: unknown, target: RepoTarget): Finding {
  try {
    return repositoryFrom(data, target).archived
      ? missing('the repository is archived, so GitHub refuses every change of access')
      : undefined;
  } catch (error) {
    return missing(toFault(error).message.replace(/^[a-z-]+: github: /, ''));
  }
}
