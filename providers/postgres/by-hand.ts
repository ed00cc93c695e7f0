import { MAX_CONNECTIONS } from './lease-options.ts';
import type { LeaseRole, Role } from './roles.ts';

/**
 * What somebody changed by hand in the lease's role since Curfew wrote it, such as `its end is infinity and not
 * 2027-01-02T12:00:00.000Z`. `group` is the role of the entitlement; only its oid is compared where it is known. A role that
 * may not log in is one that a revoke began to close, so of that one only the end is compared.
 */
export function changesByHand(
  role: LeaseRole,
  group: Readonly<{ oid?: string; name: string }>,
): readonly string[] {
  const { canLogin, validUntil, connectionLimit, attributes, memberOf, mark } = role;
  const end =
    mark?.until === undefined || validUntil === mark.until
      ? []
      : [`its end is ${endText(validUntil)} and not ${endText(mark.until)}`];
  if (!canLogin) return end;
  const others = memberOf.filter((one) => !isSame(one, group));
  return [
    ...end,
    ...(connectionLimit === MAX_CONNECTIONS
      ? []
      : [
          `it may open ${connectionLimit < 0 ? 'any number of' : connectionLimit} sessions and not ${MAX_CONNECTIONS}`,
        ]),
    ...(attributes.length > 0 ? [`it is ${attributes.join(', ')}`] : []),
    ...(others.length > 0 ? [`it is a member of ${others.map(({ name }) => name).join(', ')} too`] : []),
  ];
}

const isSame = (one: Role, group: Readonly<{ oid?: string; name: string }>): boolean =>
  group.oid === undefined ? one.name === group.name : one.oid === group.oid;

const endText = (end: number | null): string =>
  end === null || !Number.isFinite(end) ? 'infinity' : new Date(end).toISOString();
