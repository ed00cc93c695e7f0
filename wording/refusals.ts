import { lengthSentence } from '../core/duration.ts';
import { Fault } from '../core/faults.ts';
import { OverLimit } from '../core/person-limits.ts';
import { LIMITS } from '../core/limits.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { skipNewer } from '../core/result.ts';
import { endingPhrase } from './endings.ts';
import { findingOverPhrase } from './findings.ts';
import { code, duration, instant, type Phrase, person, phrase, quoted } from './phrase.ts';
import { scopePhrase } from './scopes.ts';

const PEOPLE_FILE = code('people.yaml');

const NOT_A_MEMBER: Record<Extract<Refusal, { code: 'not-a-member' }>['why'], string> = {
  guest: 'guests of this workspace cannot use Curfew',
  outsider: 'people from other companies cannot use Curfew here',
  bot: 'bots cannot request or approve access',
  deactivated: 'this account is deactivated',
  'other-workspace': 'this account belongs to another workspace',
  unknown: 'Slack does not describe this account as a member of this workspace, so Curfew does not trust it',
};

/** What happened and what to do, in one or two sentences, for a person who was refused when they `tried` something. */
export function refusalPhrase(refusal: Refusal, tried?: string): Phrase {
  switch (refusal.code) {
    case 'unknown-entitlement':
      return phrase`There is no such entitlement. ${entitlementHint(refusal)}`;
    case 'length-unreadable':
      return [lengthSentence(refusal.problem)];
    case 'too-long':
      return phrase`That is longer than the policy allows. The longest is ${duration(refusal.longest)}.`;
    case 'reason-missing':
      return phrase`Say why you need the access. The approvers and the auditors read it.`;
    case 'reason-too-long':
      return phrase`The reason is too long. It can have at most ${[String(refusal.most)]} characters; link to the rest.`;
    case 'unknown-person':
      return phrase`Your account is not linked to an active person in Curfew. Ask the operator of Curfew, who keeps ${PEOPLE_FILE}.`;
    case 'nobody-can-approve':
      return phrase`Nobody can approve this for you, so you cannot request it. Tell the owner of the entitlement.`;
    case 'already-open':
      return phrase`You have an open request with the same entitlement, length and reason: ${code(refusal.request)}. Extend or withdraw it, or write another reason.`;
    case 'too-many-open':
      return phrase`You have ${[String(LIMITS.openRequestsPerPerson)]} open requests, and nobody can have more. End or withdraw some of them first.`;
    case 'quarantine':
      return phrase`The ledger of Curfew was restored from an older state, so nothing is granted or extended now. Access that people have ends on time. A security person has to run ${code('curfew quarantine end')} first. Try again after that.`;
    case 'not-allowed':
      return phrase`Not allowed: ${quoted(refusal.why)}.`;
    case 'locked':
      return phrase`${person(refusal.by)} ended ${scopePhrase(refusal.scope)}, and nothing of it is granted until the lock is lifted. ${code('curfew locks')} shows who can lift it.`;
    case 'may-not-end-all':
      return phrase`You may not end this: ${quoted(refusal.why)}. Nothing was ended.`;
    case 'may-not-lift':
      return phrase`You may not lift this lock: ${quoted(refusal.why)}.`;
    case 'may-not-open-review':
      return phrase`You may not open a review: ${quoted(refusal.why)}.`;
    case 'review-not-opened':
      return phrase`The review was not opened: ${quoted(refusal.why)}.`;
    case 'review-title-missing':
      return phrase`Give the review a title. Its reviewers read it.`;
    case 'unknown-line':
      return phrase`There is no such access in this review.`;
    case 'own-access':
      return phrase`This is your own access. Somebody else has to review it.`;
    case 'own-approval':
      return phrase`You alone approved this access or an extension of it, or you alone adopted it. Somebody else has to review it.`;
    case 'not-a-reviewer':
      return phrase`You are not a reviewer of this access. Nothing was changed.`;
    case 'already-reviewed':
      return phrase`${person(refusal.by)} has already ${[refusal.kind === 'certify' ? 'certified this access' : 'objected to this access']}.`;
    case 'objection-reason-missing':
      return phrase`Say why you object. The person whose access it is, everybody who can approve or review it, and the auditors read it.`;
    case 'unknown-lock':
      return phrase`There is no such lock, or it is lifted already. ${code('curfew locks')} shows the locks that hold.`;
    case 'already-lifted':
      return phrase`You have already lifted this lock. Each person counts once.`;
    case 'no-account':
      return phrase`Curfew does not know your account at ${quoted(refusal.provider)}. Ask the operator of Curfew to add it to ${PEOPLE_FILE}.`;
    case 'not-a-member':
      return phrase`Nothing was changed: ${[NOT_A_MEMBER[refusal.why]]}.`;
    case 'own-request':
      return phrase`This is your own request. Somebody else has to decide it.`;
    case 'not-an-approver':
      return phrase`You are not an approver of this request. Nothing was changed.`;
    case 'no-longer-an-approver':
      return phrase`You are no longer an approver of this request: the policy is different now. Nothing was changed.`;
    case 'already-approved':
      return phrase`You have already approved this request. Each person counts once.`;
    case 'already-delivered':
      return phrase`The password was released already. If you did not see it, press again in 30 seconds. If you then read this again, end the access and tell your security team.`;
    case 'denial-reason-missing':
      return phrase`Say why you deny the request. The requester reads it.`;
    case 'question-open':
      return phrase`Another question waits for an answer of the requester. You can still approve or deny.`;
    case 'no-question':
      return phrase`No question waits for an answer.`;
    case 'text-missing':
      return phrase`Write a text. The approvers, the requester and the auditors read it.`;
    case 'extension-open':
      return phrase`A later end was requested already. It has to be decided first.`;
    case 'too-many-extensions':
      return phrase`A later end was requested ${[String(LIMITS.extensionsPerRequest)]} times for this access, the most for one request. You can request the access again after it ends.`;
    case 'too-long-in-total':
      return refusal.left > 0
        ? phrase`With this extension the access would last longer than the policy allows: ${duration(refusal.longest)} in all. You can extend it by at most ${duration(refusal.left)}.`
        : phrase`This access lasts as long as the policy allows already: ${duration(refusal.longest)} in all. It cannot be extended.`;
    case 'not-requester':
      return tried === 'end'
        ? phrase`Only the requester or an approver can end the access.`
        : phrase`Only the requester can do this.`;
    case 'changed':
      return phrase`The request is not the one that was on your screen. Nothing was approved. Look at the request again.`;
    case 'lapsed':
      return phrase`Too late: the request lapsed, because nobody approved or denied it in time. The requester can request the access again.`;
    case 'not-yet':
      return phrase`It is too early for this.`;
    case 'unknown-request':
      return phrase`Curfew has no such request.`;
    case 'unknown-lease':
      return phrase`This access does not belong to this request.`;
    case 'wrong-state':
      return wrongStatePhrase(refusal, tried);
    case 'unknown-finding':
      return phrase`Curfew has no such finding. ${code('curfew findings')} lists those that it has.`;
    case 'own-finding':
      return phrase`This is your own access. Somebody else has to adopt it.`;
    case 'not-a-decider':
      return phrase`Only the people whom the policy names for findings at this target can decide this. Nothing was changed.`;
    case 'second-person-needed':
      return secondPersonPhrase(refusal);
    case 'finding-changed':
      return phrase`The access is not the one that was on your screen. Nothing was changed. Look at the finding again.`;
    case 'adopt-reason-missing':
      return phrase`Say why the access is adopted as standing access. Everybody who looks at findings reads it.`;
    case 'finding-over':
      return findingOverPhrase(refusal);
    case 'cannot-adopt':
      return phrase`This cannot be adopted: ${quoted(refusal.why)}`;
    case 'cannot-revoke':
      return phrase`Curfew cannot revoke this: ${quoted(refusal.why)}`;
    case 'over-removal-cap':
      return phrase`With this one, ${[String(refusal.count)]} accesses would be revoked at this target within an hour. At most ${[String(refusal.allowed)]} are revoked without a second confirmation. Nothing was revoked.`;
    default:
      skipNewer(refusal);
      return phrase`A newer version of Curfew refused this.`;
  }
}

/** What to type in the place of an entitlement that does not exist. */
export const entitlementHint = ({ nearest }: Readonly<{ nearest?: string }>): Phrase =>
  nearest === undefined
    ? phrase`Type ${code('/access list')} to see what you can request.`
    : phrase`Did you mean ${code(nearest)}?`;

function wrongStatePhrase(
  { state, ending, by, since }: Extract<Refusal, { code: 'wrong-state' }>,
  tried: string | undefined,
): Phrase {
  const when = since === undefined ? [] : instant(since, ', ');
  if (state === 'pending')
    return phrase`The request is still pending, so there is no access yet. The requester can withdraw it; the approvers can deny it.`;
  if (ending)
    return phrase`The request is already over: ${endingPhrase(ending)}${when}. Nothing was changed.`;
  const instead = tried === 'withdraw' ? phrase` End the access instead.` : [];
  if (by) return phrase`Already approved by ${person(by)}${when}.${instead} Nothing was changed.`;
  return phrase`The request is in another state now. Nothing was changed. Look at the request again.`;
}

/** Shown while the policy cannot be read. `why` says so, and names the place in the file. */
export const unreadablePolicyPhrase = (why: string): Phrase =>
  phrase`Nobody can request or approve access right now: ${quoted(why)}. Tell the operator of Curfew. Active access still ends on time, and you can still end it.`;

/** Their adoption counts when a second person adopts the same. */
function secondPersonPhrase({ why }: Extract<Refusal, { code: 'second-person-needed' }>): Phrase {
  const cause =
    why === 'certified'
      ? phrase`You certified this access in a review`
      : phrase`Nobody in people.yaml has this account`;
  const otherWay = why === 'certified' ? phrase`` : phrase`, or name the account in people.yaml`;
  return phrase`${cause}, so a second person must adopt it too. Your adoption is recorded. Ask another person who decides about findings${otherWay}.`;
}

/**
 * For a person whom Curfew does not know. They learn nothing about the policy files: when the policy cannot be read,
 * `problem` says why, and only the fact is shown.
 */
export const unknownPersonPhrase = (problem: string | undefined): Phrase =>
  problem === undefined
    ? refusalPhrase({ code: 'unknown-person' })
    : unreadablePolicyPhrase('the policy cannot be read');

/** For a person whose click failed inside Curfew: it is not known whether the click was recorded. */
export function internalErrorPhrase(error: unknown): Phrase {
  if (error instanceof OverLimit) return [error.message];
  const what =
    error instanceof Fault && error.code === 'ledger-unavailable'
      ? phrase`The ledger of Curfew does not answer`
      : phrase`Something failed inside Curfew`;
  return phrase`${what}, so your click may not be recorded. Look again in a minute. If nothing has changed, click once more. Active access still ends on time.`;
}
