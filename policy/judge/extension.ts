import { addMinutes, type Instant, type Minutes, type PersonId } from '../../core/ids.ts';
import { parseDuration } from '../../core/duration.ts';
import { LIMITS } from '../../core/limits.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { CardContent } from '../../core/request/shown.ts';
import type {
  Approval,
  ExtensionDetails,
  RequestDetails,
  Requirements,
  Stage,
} from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { RequestedTarget } from '../../core/target.ts';
import { digestOf, type PolicySet } from '../files/policy-set.ts';
import { judgeSubmission } from './judge.ts';
import { requestDigest } from './request-digest.ts';
import { stillPermitted, whatChanged } from './still-allowed.ts';

/** An active request whose requester wants a later end. `given` is its length until the end that it has now. */
export type ExtendableRequest = Readonly<{
  details: RequestDetails;
  requirements: Requirements;
  targets: readonly RequestedTarget[];
  shown: CardContent;
  endsAt: Instant;
  given: Minutes;
}>;

/** What the requester wrote: how much longer, and why. */
export type WantedExtension = Readonly<{
  person: PersonId;
  length: string;
  reason: string;
  reasonHash: string;
}>;

/** An extension that the policy allows, and its route of approval. */
export type JudgedExtension = Readonly<{
  extension: ExtensionDetails;
  stages: readonly Stage[];
  policy: string;
  waitMinutes: Minutes;
}>;

/**
 * Judges an extension as a new request of the same person for the whole length, from the first grant to the later end: by the
 * policy of this moment, with its route. What the person has must still be what the entitlement grants.
 */
export function judgeExtension(
  policy: PolicySet,
  request: ExtendableRequest,
  { person, length, reason, reasonHash }: WantedExtension,
): Result<JudgedExtension, Refusal> {
  const more = parseDuration(length);
  if (!more.ok) return no({ code: 'length-unreadable', problem: more.error });
  const minutes = more.value;
  const { details, endsAt, given, targets, shown } = request;
  if (requestDigest(request) !== details.digest)
    return no({ code: 'not-allowed', why: 'it is not the request that was approved' });
  const total = (given + minutes) as Minutes;
  const verdict = judgeSubmission(policy, {
    ...{ person, entitlement: details.entitlement, reason, reasonHash },
    length: `${Math.min(total, LIMITS.longestMinutes)}m`,
    openRequests: 0, // The request is open already.
  });
  if (!verdict.allowed) return no(inTotal(verdict.refusal, given));
  if (total > LIMITS.longestMinutes) return no(tooLong(LIMITS.longestMinutes, given));

  const { judged } = verdict;
  const changed = whatChanged(
    { targets, shown },
    { targets: judged.targets, class: judged.entitlement.class },
  );
  if (changed !== undefined) return no({ code: 'not-allowed', why: changed });
  const { stages, waitMinutes } = judged;
  const asked = { minutes, endsAt: addMinutes(endsAt, minutes), reasonHash };
  const digest = extensionDigest({ details, asked, requirements: { stages, policy: policy.digest } });
  return ok({ extension: { ...asked, digest }, stages, policy: policy.digest, waitMinutes });
}

const inTotal = (refusal: Refusal, given: Minutes): Refusal =>
  refusal.code === 'too-long' ? tooLong(refusal.longest, given) : refusal;

const tooLong = (longest: Minutes, given: Minutes): Refusal => ({
  code: 'too-long-in-total',
  longest,
  left: Math.max(longest - given, 0) as Minutes,
});

type DigestedExtension = Readonly<{
  details: Pick<RequestDetails, 'digest'>;
  asked: Omit<ExtensionDetails, 'digest'>;
  requirements: Pick<Requirements, 'stages' | 'policy'>;
}>;

/**
 * The digest that an approval of an extension names (I11). The digest of the request is in it, so it also covers what is granted
 * and what the card shows.
 */
export const extensionDigest = ({
  details,
  asked: { minutes, endsAt, reasonHash },
  requirements: { stages, policy },
}: DigestedExtension): string =>
  digestOf({ request: details.digest, extension: { minutes, endsAt, reasonHash }, stages, policy });

/** An approved extension, as the ledger has it. */
export type ApprovedExtension = ExtendableRequest &
  Readonly<{
    extension: Readonly<{
      details: ExtensionDetails;
      requirements: Requirements;
      approvals: readonly Approval[];
    }>;
  }>;

/** Judges an approved extension again, just before the end is moved at a provider, as `stillAllowed` does for a request. */
export function extensionStillAllowed(
  policy: PolicySet,
  approved: ApprovedExtension,
): Result<undefined, string> {
  const { details, given, extension } = approved;
  const { details: asked, requirements, approvals } = extension;
  if (
    requestDigest(approved) !== details.digest ||
    extensionDigest({ details, asked, requirements }) !== asked.digest ||
    asked.endsAt !== addMinutes(approved.endsAt, asked.minutes)
  )
    return no('it is not the extension that was approved');
  return stillPermitted(policy, { ...approved, minutes: (given + asked.minutes) as Minutes, approvals });
}
