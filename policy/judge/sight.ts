import type { PersonId } from '../../core/ids.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { isSelected } from '../files/selector.ts';
import { mayRequest } from '../rules/requester.ts';
import { isEligible } from './eligibility.ts';
import { isSecurity } from './security.ts';

/** What the policy of this moment says about a person who wants to see the requests of others. */
export type Sight = Readonly<{
  reader: PersonId;
  /** True for the people whom `auditors` of the catalogue names. */
  isAuditor: boolean;
  /** True for the people whom `security` of the catalogue names: they may end everything of everybody. */
  isSecurity: boolean;
  /** The ids of the entitlements that they own. */
  owns: ReadonlySet<string>;
  /** The ids of the entitlements of which they can approve a request of somebody. */
  approves: ReadonlySet<string>;
  /** The people whose manager they are. */
  manages: ReadonlySet<PersonId>;
}>;

/** The sight of a person for whom the policy says nothing: they see what is their own. */
export const ownSight = (reader: PersonId): Sight => ({
  reader,
  isAuditor: false,
  isSecurity: false,
  owns: new Set(),
  approves: new Set(),
  manages: new Set(),
});

export function sightOf(policy: PolicySet, reader: PersonId): Sight {
  const { directory, auditors, entitlements } = policy;
  if (!directory.people.get(reader)?.active) return ownSight(reader);
  const idsOf = (wanted: (entitlement: Entitlement) => boolean) =>
    new Set([...entitlements.values()].filter(wanted).map(({ id }) => id));
  const managed = [...directory.people.values()].filter(({ manager }) => manager === reader);
  return {
    reader,
    isAuditor: auditors.some((selector) => isSelected(directory, selector, reader)),
    isSecurity: isSecurity(policy, reader),
    owns: idsOf(({ owner }) => isSelected(directory, owner, reader)),
    approves: idsOf((entitlement) => canApproveSome(policy, entitlement, { reader, managed })),
    manages: new Set(managed.map(({ id }) => id)),
  };
}

/** Somebody who may approve, and the people whose manager they are, who are found once for all entitlements. */
type Approving = Readonly<{ reader: PersonId; managed: readonly Person[] }>;

/** True when there is a person who may request this, and `reader` may approve it for them. */
function canApproveSome(
  policy: PolicySet,
  entitlement: Entitlement,
  { reader, managed }: Approving,
): boolean {
  const { people } = policy.directory;
  const { owner, route } = entitlement;
  const named = route.approvers.some((selector) =>
    isSelected(policy.directory, selector.kind === 'owner' ? owner : selector, reader),
  );
  // Who is named for no other reason can only be the manager of a requester.
  const requesters = named ? [...people.values()] : managed;
  return requesters.some(
    ({ id, active }) =>
      active &&
      mayRequest(policy, entitlement, id) &&
      isEligible(policy, { requester: id, entitlement: entitlement.id }, reader),
  );
}
