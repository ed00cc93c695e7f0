import type { PersonId } from '../../core/ids.ts';
import type { Stage } from '../../core/request/state.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { requestableBy } from '../rules/requester.ts';
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
