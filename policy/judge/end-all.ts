import type { PersonId } from '../../core/ids.ts';
import { type EndScope, isOwn, type MassEnding } from '../../core/mass-ending.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected } from '../files/selector.ts';
import { isSecurity, NO_SECURITY, securityNames } from './security.ts';

/** What comes with a permission to end everything of a scope. `needs`: how many people must lift its lock; without it there is none. */
export type MayEndAll = Readonly<{ needs?: number }>;

/**
 * Whether this person may end everything of the scope. Everybody may for themselves, without a lock. The security people of the
 * catalogue may for every scope, and the owner of an entitlement may for it: then nothing is granted in the scope until the security people lift
 * the lock. Managers and approvers may not: they end what they can approve one by one. The error says why.
 */
export function mayEndAll(policy: PolicySet, by: PersonId, scope: EndScope): Result<MayEndAll, string> {
  if (isOwn(scope, by)) return ok({});
  const { security, directory } = policy;
  if (!directory.people.get(by)?.active) return no('you are not an active person in people.yaml');
  if (!security)
    return no(`${NO_SECURITY}, so nobody could lift the lock. The operator of Curfew can add it`);
  const isOwner = scope.kind === 'entitlement' && ownsEntitlement(policy, by, scope.entitlement);
  if (!isSecurity(policy, by) && !isOwner) return no(whoMay(policy, scope));
  return ok(scope.kind === 'leavers' ? {} : { needs: security.needs });
}

/**
 * Whether this person may lift a lock. Only security people may, and never the person whose access was ended. The policy of this moment
 * counts. The error says why.
 */
export function mayLift(
  policy: PolicySet,
  by: PersonId,
  { scope }: Pick<MassEnding, 'scope'>,
): Result<undefined, string> {
  if (!isSecurity(policy, by)) return no(`only the security people may: ${securityNames(policy)}`);
  if (scope.kind === 'person' && scope.person === by) return no('it locks your own access');
  return ok(undefined);
}

const ownsEntitlement = ({ directory, entitlements }: PolicySet, person: PersonId, id: string): boolean => {
  const owner = entitlements.get(id)?.owner;
  return owner !== undefined && isSelected(directory, owner, person);
};

const whoMay = (policy: PolicySet, { kind }: EndScope): string =>
  kind === 'entitlement'
    ? `only its owner and the security people may: ${securityNames(policy)}`
    : `only the security people may: ${securityNames(policy)}`;
