import type { Approval, RequestDetails } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { digestOf, type PolicySet } from '../files/policy-set.ts';
import { targetsFor } from '../rules/accounts.ts';
import { mayRequest } from '../rules/requester.ts';
import { isEligible } from './eligibility.ts';
import { type DigestedRequest, requestDigest } from './request-digest.ts';

/** An approved request, as the ledger has it. */
export type ApprovedRequest = DigestedRequest &
  Readonly<{ details: RequestDetails; approvals: readonly Approval[] }>;

/**
 * Judges an approved request again, just before the grant. What the ledger has must be what was approved (I11). The
 * policy of this moment must still allow the same targets, for the same account, for the same length, in the same class,
 * with approvals of people who may still approve (B36, B46). The error says what changed.
 */
export function stillAllowed(policy: PolicySet, approved: ApprovedRequest): Result<undefined, string> {
  const { details, approvals } = approved;
  if (requestDigest(approved) !== details.digest) return no('it is not the request that was approved');
  const entitlement = policy.entitlements.get(details.entitlement);
  const person = policy.directory.people.get(details.requester);
  if (!person?.active) return no('the requester is no longer active');
  if (!entitlement) return no('the entitlement is no longer in the catalogue');
  if (!mayRequest(policy, entitlement, person.id)) return no('the requester may no longer request this');
  if (details.minutes > entitlement.longest) return no('the longest length was lowered');

  const targets = targetsFor(entitlement, person);
  if (!targets.ok || digestOf(targets.value) !== digestOf(approved.targets))
    return no('what it grants was changed');
  if (entitlement.class !== approved.shown.class) return no('its class was changed');

  if (approvals.length === 0) return no('nobody approved it');
  if (approvals.length < entitlement.route.needs) return no('it now needs more approvals');
  if (approvals.some(({ by }) => !isEligible(policy, details, by)))
    return no('an approver may no longer approve this');
  return ok(undefined);
}
