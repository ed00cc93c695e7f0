import { type CurfewRole, curfewRoleOf } from '../../core/curfew-role.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { requestableBy } from '../rules/requester.ts';
import { candidatesFor } from './approvers.ts';

/** A mistake of an entitlement, and the key of it that the mistake is about. */
export type SelfGrant = Readonly<{
  entitlement: string;
  path: readonly string[];
  message: string;
}>;

/**
 * The entitlements by which people could give the roles of Curfew to themselves (T40). Each approval of such a role needs somebody who
 * cannot request one. So no group of people, however they approve each other, has a role at the end that nobody else gave them.
 */
export function selfGrants(policy: PolicySet): readonly SelfGrant[] {
  const giving = [...policy.entitlements.values()].filter((each) => rolesGiven(each).length > 0);
  const requesters = activePeople(policy).filter(({ id }) =>
    requestableBy(policy, id).some((each) => giving.includes(each)),
  );
  const ids = new Set(requesters.map(({ id }) => id));
  return giving.flatMap((entitlement) => {
    const problems = [
      withoutSecurity(policy, entitlement),
      ...requesters
        .filter(({ id }) => requestableBy(policy, id).includes(entitlement))
        .map((requester) => amongThemselves(policy, entitlement, { requester, ids })),
    ];
    const [first] = problems.flatMap((problem) => problem ?? []);
    return first ? [{ entitlement: entitlement.id, ...first }] : [];
  });
}

const rolesGiven = ({ targets }: Entitlement): readonly CurfewRole[] =>
  targets.flatMap((target) => curfewRoleOf(target) ?? []);

const activePeople = ({ directory }: PolicySet): readonly Person[] =>
  [...directory.people.values()].filter(({ active }) => active);

type Mistake = Omit<SelfGrant, 'entitlement'>;

/** How many must lift a lock stands in `security`. */
const withoutSecurity = ({ security }: PolicySet, entitlement: Entitlement): Mistake | undefined =>
  !security && rolesGiven(entitlement).includes('security')
    ? {
        path: ['targets'],
        message: `"${entitlement.id}" gives the role security of Curfew, and the catalogue has no "security". Add it, with the people who have this role permanently`,
      }
    : undefined;

/** Whether this requester could get the role with approvals of people alone who can request one too, or by their own approval. */
function amongThemselves(
  policy: PolicySet,
  entitlement: Entitlement,
  { requester, ids }: Readonly<{ requester: Person; ids: ReadonlySet<PersonId> }>,
): Mistake | undefined {
  const gives = `"${entitlement.id}" gives the role ${rolesGiven(entitlement).join(' and ')} of Curfew`;
  const path = ['route', 'approvers'];
  for (const { needs, approvers, excluded } of candidatesFor(policy, entitlement, requester)) {
    const dependent = approvers.filter(({ person }) => ids.has(person)).map(({ person }) => person);
    if (dependent.length >= needs)
      return {
        path,
        message: `${gives}, and ${dependent.join(', ')} can approve it for ${requester.id} and can request such a role too. So they could give it to each other. Name approvers who cannot request it, or raise "needs"`,
      };
    if (approvers.length === 0 && excluded.some(({ excluded: why }) => why === 'requester'))
      return {
        path,
        message: `${gives}, and only ${requester.id} could approve it for ${requester.id}. Name other approvers`,
      };
  }
  return undefined;
}
