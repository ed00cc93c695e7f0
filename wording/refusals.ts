import { formatDuration } from '../core/duration.ts';
import { Fault } from '../core/faults.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { unreachable } from '../core/result.ts';
import { escaped, moment } from './text.ts';
import { endingText, type NameOf } from './phrases.ts';

const MEMBER: Record<Extract<Refusal, { code: 'not-a-member' }>['why'], string> = {
  guest: 'guests of this workspace cannot use Curfew',
  outsider: 'people from other companies cannot use Curfew here',
  bot: 'bots cannot ask or approve',
  deactivated: 'this account is deactivated',
  'other-workspace': 'this account belongs to another workspace',
  unknown: 'Slack did not say what kind of account this is, so it is not trusted',
};

/** What happened, and what to do: one or two sentences for a person who was told no when they `tried` something. */
export function refusalText(refusal: Refusal, spell: NameOf, tried?: string): string {
  switch (refusal.code) {
    case 'unknown-entitlement': {
      const { entitlement, nearest } = refusal;
      const hint = nearest
        ? ` Did you mean \`${escaped(nearest)}\`?`
        : ' Type `/access` to see what you may ask for.';
      return `There is nothing called “${escaped(entitlement)}”.${hint}`;
    }
    case 'length-unreadable':
      return escaped(refusal.problem);
    case 'too-long':
      return `That is longer than allowed here. The longest is ${formatDuration(refusal.longest)}.`;
    case 'reason-missing':
      return 'Say why you need it: the people who decide, and an auditor later, read it.';
    case 'reason-too-long':
      return `The reason is too long. At most ${refusal.most} characters fit; link to the rest.`;
    case 'unknown-person':
      return 'Your Slack account is not linked to anybody Curfew knows. Ask the person who runs it to add you to `people.yaml`.';
    case 'nobody-can-approve':
      return 'Nobody is there who could approve this for you, so it cannot be asked for. Tell its owner.';
    case 'too-many-open':
      return 'You have very many open requests. End or withdraw some first.';
    case 'not-allowed':
      return `Not allowed: ${escaped(refusal.why)}.`;
    case 'no-account':
      return `Curfew does not know your account at ${escaped(refusal.provider)}. Ask the person who runs it to add it to \`people.yaml\`.`;
    case 'not-a-member':
      return `Nothing was done: ${MEMBER[refusal.why]}.`;
    case 'own-request':
      return 'This is your own request. Somebody else has to decide it.';
    case 'not-an-approver':
      return 'You are not one of the people who decide this request, so nothing changed.';
    case 'no-longer-an-approver':
      return 'You were one of the people who decide this, but no longer are. Nothing changed.';
    case 'already-approved':
      return 'You have approved this already. One person counts once.';
    case 'already-delivered':
      return 'It was shown already. If it was not you who saw it, end the access now and tell security.';
    case 'not-requester':
      return tried === 'end'
        ? 'Only the person who asked, or one of its approvers, can end it.'
        : 'Only the person who asked can do that.';
    case 'changed':
      return 'The request is not the one that was on your screen. Nothing was approved; look at it again.';
    case 'lapsed':
      return 'Too late: nobody answered in time, so the request has lapsed. It can be asked for again.';
    case 'not-yet':
      return 'It is too early for that.';
    case 'unknown-request':
      return 'Curfew has no such request.';
    case 'unknown-lease':
      return 'That access does not belong to this request.';
    case 'wrong-state':
      return wrongState(refusal, spell, tried);
    default:
      return unreachable(refusal);
  }
}

function wrongState(
  refusal: Extract<Refusal, { code: 'wrong-state' }>,
  spell: NameOf,
  tried: string | undefined,
): string {
  const { state, ending, by, since } = refusal;
  const when = since === undefined ? '' : moment(since, ', ');
  if (state === 'pending')
    return 'It still waits for an answer, so nothing is there yet. The person who asked can withdraw it; those who decide can deny it.';
  if (ending) return `This request is over: ${endingText(ending, spell)}${when}. Nothing changed.`;
  const instead = tried === 'withdraw' ? ' End it to give it back.' : '';
  if (by) return `Already approved by ${spell(by)}${when}.${instead} Nothing changed.`;
  return 'This request has moved on. Nothing changed.';
}

/** While the policy cannot be read: `why` says so, and where. */
export const unreadableText = (why: string): string =>
  `Nothing can be asked for or approved right now: ${escaped(why)}. Tell the person who runs Curfew. What is live still ends on time, and can be given back.`;

/** For somebody we do not know, and who so hears nothing of the files: `unreadable` is why the policy cannot be read. */
export const unknownPersonText = (unreadable: string | undefined): string =>
  unreadable === undefined
    ? refusalText({ code: 'unknown-person' }, String)
    : unreadableText('the policy cannot be read');

/** For somebody whose click failed on our side: whether it was written down is not known. */
export function internalErrorText(error: unknown): string {
  const what =
    error instanceof Fault && error.code === 'ledger-unavailable'
      ? 'Curfew’s ledger does not answer'
      : 'Something failed on Curfew’s side';
  return `${what}, so this may not have been heard. Look again in a minute; if nothing has changed, do it once more. What is live still ends on time.`;
}
