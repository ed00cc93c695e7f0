import type { PersonId } from '../../core/ids.ts';
import type { Stage } from '../../core/request/state.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { mayRequest, requestableBy } from '../rules/requester.ts';
import { stagesFor } from './approvers.ts';

/** An entitlement that a person may request, and who can approve it for them. */
export type Route = Readonly<{ entitlement: Entitlement; stages: readonly Stage[] }>;

/** Everything that a person may request, in the order of the catalogue, with who can approve it for them. */
export function routesOf(policy: PolicySet, requester: PersonId): readonly Route[] {
  const person = policy.directory.people.get(requester);
  return requestableBy(policy, requester).map((entitlement) => ({
    entitlement,
    stages: person ? stagesFor(policy, entitlement, person) : [],
  }));
}

/** Somebody who may request an entitlement, and who can approve it for them. */
export type Requester = Readonly<{ person: PersonId; stages: readonly Stage[] }>;

/** How many people may request an entitlement, and some of them in the order of people.yaml: `most`, after the first `from`. */
export function requestersOf(
  policy: PolicySet,
  entitlement: Entitlement,
  { from, most }: Readonly<{ from: number; most: number }>,
): Readonly<{ count: number; requesters: readonly Requester[] }> {
  const people = [...policy.directory.people.values()].filter(
    ({ id, active }) => active && mayRequest(policy, entitlement, id),
  );
  const requesters = people
    .slice(from, from + most)
    .map((person) => ({ person: person.id, stages: stagesFor(policy, entitlement, person) }));
  return { count: people.length, requesters };
}
