import type { PersonId } from '../../core/ids.ts';
import type { Approver, Stage } from '../../core/request/state.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import type { PolicySet } from '../files/policy-set.ts';
import type { PeopleSelector } from '../files/selector.ts';
import type { ExcludedApprover } from './verdict.ts';

/** A stage with everybody whom the route names: those who can approve, and those who cannot. */
export type Candidates = Readonly<Stage & { excluded: readonly ExcludedApprover[] }>;

/** The stages of approval and their candidates. The catalogue can describe only one stage. */
export function candidatesFor(
  policy: PolicySet,
  entitlement: Entitlement,
  requester: Person,
): readonly Candidates[] {
  const { needs } = entitlement.route;
  const approvers: Approver[] = [];
  const excluded: ExcludedApprover[] = [];
  for (const candidate of namedByRoute(policy, entitlement, requester))
    if (candidate.person === requester.id) excluded.push({ ...candidate, excluded: 'requester' });
    else if (policy.directory.people.get(candidate.person)?.active !== true)
      excluded.push({ ...candidate, excluded: 'inactive' });
    else approvers.push(candidate);
  return [{ needs, approvers, excluded }];
}

/** The stages as a request records them: without the people who cannot approve. */
export const stagesFor = (policy: PolicySet, entitlement: Entitlement, requester: Person): readonly Stage[] =>
  candidatesFor(policy, entitlement, requester).map(({ needs, approvers }) => ({ needs, approvers }));

/** Each person once, with the first reason why the route names them: one person counts once. */
function namedByRoute(policy: PolicySet, entitlement: Entitlement, requester: Person): readonly Approver[] {
  const named = new Map<PersonId, string>();
  for (const selector of entitlement.route.approvers)
    for (const { person, because } of peopleOf(selector)) if (!named.has(person)) named.set(person, because);
  return [...named].map(([person, because]) => ({ person, because }));

  function peopleOf(selector: PeopleSelector): readonly Approver[] {
    switch (selector.kind) {
      case 'owner': {
        const { owner, title } = entitlement;
        if (owner.kind === 'owner') return []; // It would look for the owner of the owner without end.
        return peopleOf(owner).map(({ person }) => ({ person, because: `owns ${title}` }));
      }
      case 'manager':
        return requester.manager
          ? [{ person: requester.manager, because: "is the requester's manager" }]
          : [];
      case 'group': {
        const members = policy.directory.groups.get(selector.group) ?? [];
        return [...members].map((person) => ({ person, because: `is in ${selector.group}` }));
      }
      case 'person':
        return [{ person: selector.person, because: 'is named in the catalogue' }];
      case 'everyone':
        return [];
    }
  }
}
