import type { PersonId } from '../../core/ids.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected } from '../files/selector.ts';
import { securityPeople } from './security.ts';

/** The target of a finding: its provider, and its key in the catalogue, which depends on its name alone. */
export type FindingTarget = Readonly<{ provider: string; targetName: string }>;

/**
 * Who is told of a finding and may decide about it: the active people whom `security` of the catalogue names. Without it, the owners of
 * the entitlements that give this target. For a target that is in no entitlement any more, the list is then empty.
 */
export function findingDeciders(policy: PolicySet, target: FindingTarget): readonly PersonId[] {
  const { directory, security, entitlements } = policy;
  if (security) return securityPeople(policy);
  const owners = [...entitlements.values()]
    .filter(({ targets }) =>
      targets.some((each) => each.provider === target.provider && each.lockKey === target.targetName),
    )
    .map(({ owner }) => owner);
  return [...directory.people.values()]
    .filter(({ id, active }) => active && owners.some((selector) => isSelected(directory, selector, id)))
    .map(({ id }) => id);
}
