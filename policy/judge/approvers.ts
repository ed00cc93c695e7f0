import type { PersonId } from '../../core/ids.ts';
import type { Approver, Stage } from '../../core/request/state.ts';
import type { Entitlement, PeopleSelector } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import type { PolicySet } from '../files/policy-set.ts';

/** The rounds of approval. One today; `routes.yaml` will give several. */
export const stagesFor = (
  policy: PolicySet,
  entitlement: Entitlement,
  requester: Person,
): readonly Stage[] => [
  { needs: entitlement.route.needs, approvers: approversOf(policy, entitlement, requester) },
];

function approversOf(policy: PolicySet, entitlement: Entitlement, requester: Person): readonly Approver[] {
  const { people, groups } = policy.directory;
  const found = new Map<PersonId, string>();
  for (const whom of entitlement.route.approvers)
    for (const [person, because] of named(whom)) {
      const usable = person !== requester.id && people.get(person)?.active === true;
      if (usable && !found.has(person)) found.set(person, because);
    }
  return [...found].map(([person, because]) => ({ person, because }));

  function named(whom: PeopleSelector): readonly (readonly [PersonId, string])[] {
    switch (whom.kind) {
      case 'owner':
        return entitlement.owner.kind === 'owner'
          ? []
          : named(entitlement.owner).map(([person]) => [person, `owns ${entitlement.title}`]);
      case 'manager':
        return requester.manager ? [[requester.manager, 'is their manager']] : [];
      case 'group':
        return [...(groups.get(whom.group) ?? [])].map((person) => [person, `is in ${whom.group}`]);
      case 'person':
        return [[whom.person, 'is named in the catalogue']];
      case 'everyone':
        return [];
    }
  }
}

/** Whether a person is one of those named. */
export function isSelected({ directory }: PolicySet, whom: PeopleSelector, person: PersonId): boolean {
  switch (whom.kind) {
    case 'everyone':
      return directory.people.has(person);
    case 'group':
      return directory.groups.get(whom.group)?.has(person) ?? false;
    case 'person':
      return whom.person === person;
    case 'owner':
    case 'manager':
      return false;
  }
}
