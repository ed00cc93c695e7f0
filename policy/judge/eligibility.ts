import type { PersonId } from '../../core/ids.ts';
import type { RequestDetails } from '../../core/request/state.ts';
import type { PolicySet } from '../files/policy-set.ts';
import { stagesFor } from './approvers.ts';

/**
 * True when the policy of this moment would let this person answer the request. The answer can only narrow what was
 * recorded when the request was opened: it makes nobody an approver of an open request (I12).
 */
export function isEligible(
  policy: PolicySet,
  details: Pick<RequestDetails, 'requester' | 'entitlement'>,
  by: PersonId,
): boolean {
  const requester = policy.directory.people.get(details.requester);
  const entitlement = policy.entitlements.get(details.entitlement);
  if (!requester || !entitlement || !policy.directory.people.get(by)?.active) return false;
  return stagesFor(policy, entitlement, requester).some(({ approvers }) =>
    approvers.some(({ person }) => person === by),
  );
}
