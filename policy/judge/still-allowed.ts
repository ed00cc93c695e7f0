import type { Approval, RequestDetails } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { RequestedTarget } from '../../core/target.ts';
import { digestOf, type PolicySet } from '../files/policy-set.ts';
import { targetsFor } from '../rules/accounts.ts';
import { mayRequest } from '../rules/requester.ts';
import { isEligible } from './eligibility.ts';

/**
 * Judges an approved request again, just before the grant. The policy of this moment must still allow the same
 * targets, for the same account, for the same length, with approvals of people who may still approve (B36, B46).
 * The error says what changed.
 */
export function stillAllowed(
  policy: PolicySet,
  details: RequestDetails,
  approvals: readonly Approval[],
  approved: readonly RequestedTarget[],
): Result<undefined, string> {
  const entitlement = policy.entitlements.get(details.entitlement);
  const person = policy.directory.people.get(details.requester);
  if (!person?.active) return no('the requester is no longer active');
  if (!entitlement) return no('the entitlement is no longer in the catalogue');
  if (!mayRequest(policy, entitlement, person.id)) return no('the requester may no longer request this');
  if (details.minutes > entitlement.longest) return no('the longest length was lowered');

  const targets = targetsFor(entitlement, person);
  if (!targets.ok || digestOf(targets.value) !== digestOf(approved)) return no('what it grants was changed');

  if (approvals.length === 0) return no('nobody approved it');
  if (approvals.length < entitlement.route.needs) return no('it now needs more approvals');
  if (approvals.some(({ by }) => !isEligible(policy, details, by)))
    return no('an approver may no longer approve this');
  return ok(undefined);
}
