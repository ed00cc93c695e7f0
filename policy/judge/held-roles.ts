import type { CurfewRole, HeldRole } from '../../core/curfew-role.ts';
import type { PersonId } from '../../core/ids.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected, type PeopleSelector } from '../files/selector.ts';
import { isSecurity } from './security.ts';

/**
 * The policy with the people who have a role of Curfew by a live lease beside those whom the catalogue names. They can do what these can, until
 * the end of the lease. Who approves what does not change, so nobody approves anything by a role.
 */
export function withHeldRoles(policy: PolicySet, held: readonly HeldRole[]): PolicySet {
  if (held.length === 0) return policy;
  const { auditors, security } = policy;
  return {
    ...policy,
    auditors: [...auditors, ...holders(held, 'auditor')],
    // Without `security` in the catalogue no entitlement gives this role.
    ...(security && {
      security: { ...security, people: [...security.people, ...holders(held, 'security')] },
    }),
  };
}

const holders = (held: readonly HeldRole[], wanted: CurfewRole): readonly PeopleSelector[] =>
  held.filter(({ role }) => role === wanted).map(({ person }) => ({ kind: 'person', person }));

/** A role of Curfew that a person has: by the catalogue, or by a lease until its end. */
export type RoleOfPerson = Readonly<{ role: CurfewRole; by: 'catalogue' | HeldRole }>;

/** The roles of Curfew that an active person has, those that the catalogue gives first. */
export function rolesOf(
  policy: PolicySet,
  held: readonly HeldRole[],
  person: PersonId,
): readonly RoleOfPerson[] {
  if (!policy.directory.people.get(person)?.active) return [];
  return [
    ...permanentRoles(policy, person).map((role) => ({ role, by: 'catalogue' }) as const),
    ...held.filter((each) => each.person === person).map((by) => ({ role: by.role, by })),
  ];
}

/** The roles that `auditors` and `security` of the catalogue give an active person, without an end and without an approval. */
export const permanentRoles = (policy: PolicySet, person: PersonId): readonly CurfewRole[] => [
  ...(policy.directory.people.get(person)?.active === true &&
  policy.auditors.some((selector) => isSelected(policy.directory, selector, person))
    ? (['auditor'] as const)
    : []),
  ...(isSecurity(policy, person) ? (['security'] as const) : []),
];
