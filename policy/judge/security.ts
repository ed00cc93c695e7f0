import type { PersonId } from '../../core/ids.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected, spellSelector } from '../files/selector.ts';

/** The beginning of a sentence. */
export const NO_SECURITY = 'the catalogue has no "security"';

/** True for the active people whom `security` of the catalogue names. */
export const isSecurity = ({ security, directory }: PolicySet, person: PersonId): boolean =>
  directory.people.get(person)?.active === true &&
  (security?.people.some((selector) => isSelected(directory, selector, person)) ?? false);

/** The active people whom `security` of the catalogue names. */
export function securityPeople(policy: PolicySet): readonly PersonId[] {
  const people =
    known.get(policy) ?? [...policy.directory.people.keys()].filter((person) => isSecurity(policy, person));
  known.set(policy, people);
  return people;
}

/** The security people of each policy. A page needs them for each of its lines. */
const known = new WeakMap<PolicySet, readonly PersonId[]>();

/** The people and groups that `security` names, as the catalogue writes them. */
export const securityNames = ({ security }: PolicySet): string =>
  security?.people.map(spellSelector).join(', ') ?? 'the catalogue names nobody';
