import { no, ok, type Result } from '../../core/result.ts';
import type { Level } from '../provider.ts';

export const TEAM_LADDER = ['none', 'member', 'maintainer'] as const;
export const REPO_LADDER = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;

export type TeamRole = Exclude<(typeof TEAM_LADDER)[number], 'none'>;
export type RepoRole = Exclude<(typeof REPO_LADDER)[number], 'none'>;

const isOn = (ladder: readonly string[], level: string): boolean =>
  level !== 'none' && ladder.includes(level);
export const isTeamRole = (level: string): level is TeamRole => isOn(TEAM_LADDER, level);
export const isRepoRole = (level: string): level is RepoRole => isOn(REPO_LADDER, level);

/**
 * `id` and `orgId` are GitHub's numbers for the team or repository and for the organisation. With them, a renamed one is
 * still found, and another one that took the name is not used instead.
 */
type Numbers = Readonly<{ id?: number; orgId?: number }>;
export type TeamTarget = Numbers & Readonly<{ kind: 'team'; org: string; team: string; role: TeamRole }>;
export type RepoTarget = Numbers &
  Readonly<{ kind: 'repository'; org: string; repo: string; role: RepoRole }>;
export type GitHubTarget = TeamTarget | RepoTarget;

const ORG = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i;
const SLUG = /^[a-z\d][a-z\d_.-]{0,99}$/;
const REPO = /^(?!\.{1,2}$)[a-z\d_.-]{1,100}$/i;
const FIELDS = {
  team: ['kind', 'org', 'orgId', 'team', 'role', 'id'],
  repository: ['kind', 'org', 'orgId', 'repo', 'role', 'id'],
};

const refuse = (what: string) => no(`github target: ${what}`);
const oneOf = <T extends string>(choices: readonly T[], value: unknown): T | undefined =>
  choices.find((choice) => choice === value);
const grantable = <T extends string>(ladder: readonly T[]) => ladder.filter((level) => level !== 'none');
const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
const isName = (shape: RegExp, value: unknown): value is string =>
  typeof value === 'string' && shape.test(value);

/** Reads `{kind: team, org, orgId?, team, role?, id?}` or `{kind: repository, org, orgId?, repo, role, id?}`. */
export function parseTarget(json: unknown): Result<GitHubTarget, string> {
  const { kind, org, orgId, team, repo, role, id } = Object(json) as Record<string, unknown>;
  if (kind !== 'team' && kind !== 'repository') return refuse('"kind" must be "team" or "repository"');
  const unknownField = Object.keys(Object(json)).find((field) => !FIELDS[kind].includes(field));
  if (unknownField !== undefined)
    return refuse(`"${unknownField.slice(0, 40).replaceAll(/\s/g, ' ')}" is not a field of a ${kind}`);
  if (!isName(ORG, org)) return refuse('"org" must be the organisation’s name as in its address');
  if (id !== undefined && !isNumber(id))
    return refuse('"id" must be GitHub’s number for it, a whole number above 0');
  if (orgId !== undefined && !isNumber(orgId))
    return refuse('"orgId" must be GitHub’s number for the organisation, a whole number above 0');
  const numbers = { ...(id === undefined ? {} : { id }), ...(orgId === undefined ? {} : { orgId }) };

  if (kind === 'team') {
    const knownRole = oneOf(['member', 'maintainer'] as const, role ?? 'member');
    if (!isName(SLUG, team)) return refuse('"team" must be the team’s name as in its address, in lower case');
    if (!knownRole) return refuse(`"role" must be one of ${grantable(TEAM_LADDER).join(', ')}`);
    return ok({ kind, org, team, role: knownRole, ...numbers });
  }
  const knownRole = oneOf(['read', 'triage', 'write', 'maintain', 'admin'] as const, role);
  if (!isName(REPO, repo)) return refuse('"repo" must be the repository’s name, without the organisation');
  if (!knownRole) return refuse(`"role" must be one of ${grantable(REPO_LADDER).join(', ')}`);
  return ok({ kind, org, repo, role: knownRole, ...numbers });
}

/**
 * All levels of one team or repository are one holding. GitHub's names are not case-sensitive. Its numbers are unique in all
 * organisations, so the key stays the same when the organisation is renamed.
 */
export const targetKey = (target: GitHubTarget): string =>
  target.id === undefined ? lockKey(target) : `${target.kind}:${target.id}`;

/** Uses the name alone, so that a target with and without the number has the same lock. */
export const lockKey = (target: GitHubTarget): string =>
  `${target.kind}:${target.org}/${nameOf(target)}`.toLowerCase();

export const nameOf = (target: GitHubTarget): string => (target.kind === 'team' ? target.team : target.repo);
export const ladderOf = ({ kind }: GitHubTarget): readonly Level[] =>
  kind === 'team' ? TEAM_LADDER : REPO_LADDER;
