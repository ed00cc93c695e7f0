import type { Minutes } from '../../core/ids.ts';
import type { CardContent } from '../../core/request/shown.ts';
import type { Approval, RequestDetails } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { RequestedTarget } from '../../core/target.ts';
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
  return stillPermitted(policy, { ...approved, minutes: details.minutes, approvals });
}

/** What is to be granted, for which length, and who approved it. */
export type GrantRequest = Readonly<{
  details: Pick<RequestDetails, 'requester' | 'entitlement'>;
  minutes: Minutes;
  targets: readonly RequestedTarget[];
  shown: CardContent;
  approvals: readonly Approval[];
}>;

/** Whether the policy of this moment permits what was approved. The error says what changed. */
export function stillPermitted(
  policy: PolicySet,
  { details, minutes, targets: approved, shown, approvals }: GrantRequest,
): Result<undefined, string> {
  const entitlement = policy.entitlements.get(details.entitlement);
  const person = policy.directory.people.get(details.requester);
  if (!person?.active) return no('the requester is no longer active');
  if (!entitlement) return no('the entitlement is no longer in the catalogue');
  if (!mayRequest(policy, entitlement, person.id)) return no('the requester may no longer request this');
  if (minutes > entitlement.longest) return no('the longest length was lowered');

  const targets = targetsFor(entitlement, person);
  const changed = whatChanged(
    { targets: approved, shown },
    { targets: targets.ok ? targets.value : undefined, class: entitlement.class },
  );
  if (changed !== undefined) return no(changed);

  if (approvals.length === 0) return no('nobody approved it');
  if (approvals.length < entitlement.route.needs) return no('it now needs more approvals');
  if (approvals.some(({ by }) => !isEligible(policy, details, by)))
    return no('an approver may no longer approve this');
  return ok(undefined);
}

/** How what was approved differs from what the policy grants now; undefined when it does not. */
export function whatChanged(
  approved: Pick<GrantRequest, 'targets' | 'shown'>,
  now: Readonly<{ targets: readonly RequestedTarget[] | undefined; class: string }>,
): string | undefined {
  if (!now.targets || digestOf(now.targets) !== digestOf(approved.targets))
    return 'what it grants was changed';
  return now.class === approved.shown.class ? undefined : 'its class was changed';
}
