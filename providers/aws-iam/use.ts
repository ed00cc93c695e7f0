import { createHash } from 'node:crypto';
import { Fault } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import type { CoveredTime, PartUse, UsablePart, Use } from '../../core/use.ts';
import type { UseQuery } from '../provider.ts';
import { namesOf } from './findings.ts';
import type { LastAccessed, LastAccessedApi } from './last-accessed.ts';
import type { AwsIamTarget, PolicyTarget } from './target.ts';

const SOURCE = 'AWS, service last attempted by the user';
/** "Recent activity usually appears in the IAM console within four hours" (IAM User Guide, "Refine permissions in AWS using last accessed information"). */
export const LATE_MS = 4 * 3_600_000;

type Facts = Pick<UseQuery<AwsIamTarget>, 'grantedAt' | 'endedAt' | 'now'>;

/**
 * When the user last used each service that the lease allows. AWS does not say which policy allowed it, so use by other access of the user counts too. AWS
 * lists only services that the user's policies allow at the time of the reading.
 */
export async function readUse(
  api: LastAccessedApi,
  query: UseQuery<AwsIamTarget>,
  signal: AbortSignal,
): Promise<Use> {
  const { target, subject } = query;
  try {
    const [services, granted] = await Promise.all([
      api.ofUser(subject, signal),
      target.kind === 'group' ? api.ofGroup(target, signal) : servicesOf(target),
    ]);
    if (!services) return unknown('the user does not exist any more under this name');
    if (!granted) return unknown('the group does not exist any more under this name');
    const use = useOf(granted, services, query);
    return target.kind === 'group' ? useThroughGroup(use, granted, query.mark) : use;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'provider-forbidden') throw error;
    return unknown(
      `Curfew's credential may need iam:GenerateServiceLastAccessedDetails and iam:GetServiceLastAccessedDetails (${error.message})`,
    );
  }
}

const unknown = (why: string): Use => ({ kind: 'unknown', source: SOURCE, why });

/**
 * A group can allow hundreds of services, so only those that were used are named. Its policies belong to others, who can change them. When the group allows
 * other services than at the first reading, a service that is not listed any more may have been used, and "not used" is not known. The mark
 * stands for the services of the first reading.
 */
function useThroughGroup(use: Use, granted: readonly string[], before: string | undefined): Use {
  const now = createHash('sha256').update(granted.join(' ')).digest('base64url');
  const mark = before ?? now;
  if (granted.length === 0) return { ...unknown('the policies of the group allow no service'), mark };
  if (use.kind === 'unknown') return { ...use, mark };
  const { covers, parts, ...known } = use;
  const isSame = mark === now;
  if (known.amount === 0 && !isSame)
    return { ...unknown('the group allows other services than at the first reading'), mark };
  return {
    ...known,
    parts: parts.filter((each) => each.use === 'used'),
    ...(covers && isSame && { covers }),
    mark,
  };
}

/** The services whose actions the statements name. A wildcard for all services stands for itself. */
const servicesOf = ({ statements }: PolicyTarget): readonly string[] =>
  [
    ...new Set(statements.flatMap(({ Action }) => Action.map((action) => action.split(':')[0] ?? '*'))),
  ].sort();

/** Each service, with everything that the statements allow in it. */
export function usableParts(target: AwsIamTarget): readonly UsablePart[] {
  if (target.kind === 'group') return [];
  return servicesOf(target).map((part) => ({
    part,
    gives: JSON.stringify([
      target.account ?? null,
      target.statements
        .map((statement) => ({
          ...statement,
          Action: statement.Action.filter(
            (action) => action === part || action.startsWith(`${part}:`),
          ).toSorted(),
        }))
        .filter(({ Action }) => Action.length > 0),
    ]),
  }));
}

/** What the report says of these services between the grant and the end. */
export function useOf(granted: readonly string[], services: LastAccessed, facts: Facts): Use {
  const covers = coveredBy(facts);
  const parts = granted.map((part) => partOf(part, services.get(part), { facts, covers }));
  const used = parts.filter((each) => each.use === 'used');
  const isUnlisted = parts.some((each) => each.use === 'unknown');
  if (used.length === 0 && (isUnlisted || !covers)) return unknown(whyUnknown(parts, services, covers));
  const lasts = used.flatMap(({ last }) => last ?? []);
  return {
    ...{ kind: 'known', source: SOURCE, amount: used.length, unit: 'services', parts },
    ...(lasts.length > 0 && { last: Math.max(...lasts) as Instant }),
    ...(covers && !isUnlisted && { covers }),
  };
}

/** Until four hours ago AWS shows everything. */
function coveredBy({ grantedAt, endedAt, now }: Facts): CoveredTime | undefined {
  const until = Math.min(endedAt ?? now, now - LATE_MS) as Instant;
  return until > grantedAt ? { from: grantedAt, until } : undefined;
}

/** AWS keeps the last time only: after the end it hides whether the service was used before. */
function partOf(
  part: string,
  last: Instant | null | undefined,
  { facts: { grantedAt, endedAt }, covers }: Readonly<{ facts: Facts; covers: CoveredTime | undefined }>,
): PartUse {
  if (last === undefined || (last !== null && endedAt !== undefined && last > endedAt))
    return { part, use: 'unknown' };
  if (last !== null && last >= grantedAt) return { part, use: 'used', last };
  return { part, use: covers ? 'not-used' : 'unknown' };
}

function whyUnknown(
  parts: readonly PartUse[],
  services: LastAccessed,
  covers: CoveredTime | undefined,
): string {
  const unlisted = parts.flatMap(({ part }) => (services.has(part) ? [] : [{ name: part }]));
  if (unlisted.length > 0)
    return `AWS does not list ${namesOf(unlisted)} for this user, because no policy of the user names it now`;
  return covers
    ? 'the user used the services after the end, which hides whether they were used before'
    : 'AWS shows what was done up to four hours later';
}
