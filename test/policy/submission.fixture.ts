import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import type { Approval } from '../../core/request/state.ts';
import type { PolicySet } from '../../policy/files/policy-set.ts';
import { judgeSubmission } from '../../policy/judge/judge.ts';
import type { ApprovedRequest } from '../../policy/judge/still-allowed.ts';
import type { AllowedRequest, Submission } from '../../policy/judge/verdict.ts';
import type { Facts } from '../../policy/rules/rule.ts';
import { policyOf } from './quickstart.fixture.ts';

export const ana = 'ana' as PersonId;

/** A submission that the quickstart allows. */
export const submission = (more: Partial<Submission> = {}): Submission => ({
  person: ana,
  entitlement: 'orders-db',
  length: '2h',
  reason: 'incident 4312',
  reasonHash: 'aa',
  openRequests: 0,
  ...more,
});

/** What an allowed submission becomes. It throws when the submission is refused. */
export function allowed(policy: PolicySet, more: Partial<Submission> = {}): AllowedRequest {
  const verdict = judgeSubmission(policy, submission(more));
  if (!verdict.allowed) throw new Error(verdict.refusal.code);
  return verdict.judged;
}

/** The facts of a submission of which the earlier rules found the person and the entitlement. */
export function factsOf(more: Partial<Submission> = {}, policy: PolicySet = policyOf()): Facts {
  const submitted = submission(more);
  const person = policy.directory.people.get(submitted.person ?? ('' as PersonId));
  const entitlement = policy.entitlements.get(submitted.entitlement);
  const found = { ...(person ? { person } : {}), ...(entitlement ? { entitlement } : {}) };
  return { policy, submission: submitted, found };
}

export const approval = (by: string): Approval => ({ by: by as PersonId, stage: 0, at: 0 as Instant });

/** The request that an allowed submission becomes, approved by these people. */
export const approvedBy = (
  { person, entitlement, minutes, targets, stages, policy, shown, digest }: AllowedRequest,
  ...approvers: readonly string[]
): ApprovedRequest => ({
  details: {
    id: 'req_01jgyq8zk7f5v2m9c3x4b6n8p0' as RequestId,
    requester: person.id,
    entitlement: entitlement.id,
    minutes,
    targets: targets.map(({ provider }) => provider),
    reasonHash: submission().reasonHash,
    digest,
  },
  requirements: { stages, policy },
  approvals: approvers.map(approval),
  targets,
  shown,
});
