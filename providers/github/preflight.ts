import type { Duty, Permission, Preflight, PreflightInput } from '../provider.ts';
import type { Client } from './client.ts';
import { toFault } from './failures.ts';
import { ownerOf } from './installation.ts';
import { adviceOn } from './preflight-advice.ts';
import { checkTargets } from './preflight-targets.ts';
import type { GitHubTarget } from './target.ts';

type Access = 'read' | 'write';

/**
 * The App's permissions that these targets need, to grant and to revoke alike. A repository needs Members too: GitHub shows
 * the sources of a role only with it. Every App has Metadata. The reaper knows no catalogue, so it needs those of a team in any case.
 */
export function neededFor(
  targets: readonly GitHubTarget[],
  duty: Duty = 'grant',
): Readonly<Record<string, Access>> {
  const has = (kind: GitHubTarget['kind']): boolean => targets.some((target) => target.kind === kind);
  const members = has('team') || duty === 'reap' ? 'write' : has('repository') ? 'read' : undefined;
  return {
    ...(has('repository') && { administration: 'write' }),
    ...(members && { members }),
    metadata: 'read',
  };
}

/**
 * Compares the permissions of the App's installation with what the targets need, and looks at each target. It takes two
 * requests, one for each repository, and up to three for each team.
 */
export async function preflight(
  client: Client,
  input: PreflightInput<GitHubTarget>,
  signal: AbortSignal,
): Promise<Preflight> {
  try {
    const { rest } = await client.app(signal);
    const { data } = await rest.apps.getInstallation({ installation_id: client.installationId });
    const org = ownerOf(data.account) ?? 'an unknown owner';
    const held = new Map(Object.entries(data.permissions).map(([name, access]) => [name, String(access)]));
    const installed = `The App ${data.app_slug} is installed on ${data.repository_selection} repositories of ${org}.`;
    const note = input.duty === 'reap' || held.has(AUDIT_LOG) ? installed : `${installed} ${WITHOUT_LOG}`;
    // A later entitlement can name a repository, and the reaper would not learn of it before.
    const mayHave = input.duty === 'reap' ? REPOSITORIES : `${AUDIT_LOG}: read`;
    const compared = compare(neededFor(input.targets, input.duty), held).filter(
      ({ severity, what }) => !(severity === 'excess' && what === mayHave),
    );
    if (data.suspended_at)
      return { permissions: [...compared, missing('the installation is suspended')], note };
    const installation = { org, orgId: data.account?.id ?? 0, selection: data.repository_selection, held };
    return {
      permissions: [...compared, ...(await checkTargets(client, installation, input, signal))],
      note,
      advice: adviceOn(input),
    };
  } catch (error) {
    const fault = toFault(error);
    if (fault.code !== 'provider-forbidden') throw fault;
    return {
      permissions: [missing('an App id, private key and installation id that GitHub accepts')],
      note: fault.message,
    };
  }
}

const REPOSITORIES = 'administration: write';

/** The permission that only shows what was done with access. It is never missing, and it is too much for the reaper alone. */
const AUDIT_LOG = 'organization_administration';
const WITHOUT_LOG = `Without ${AUDIT_LOG}: read, which is optional, the use of access lacks what only an audit log of GitHub Enterprise Cloud has.`;

const missing = (what: string): Permission => ({ severity: 'missing', what });

function compare(
  needed: Readonly<Record<string, Access>>,
  held: ReadonlyMap<string, string>,
): readonly Permission[] {
  const isEnough = (name: string, access: Access) => held.get(name) === access || held.get(name) === 'write';
  const lacking = Object.entries(needed).filter(([name, access]) => !isEnough(name, access));
  const excess = [...held].filter(
    ([name, access]) => needed[name] === undefined || exceeds(needed[name], access),
  );
  const spell = ([name, access]: readonly [string, string]) => `${name}: ${access}`;
  return [
    ...lacking.map((each) => missing(spell(each))),
    ...excess.map((each): Permission => ({ severity: 'excess', what: spell(each) })),
  ];
}

const exceeds = (needed: Access, held: string): boolean => needed === 'read' && held !== 'read';
