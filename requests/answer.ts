import type { Instant, PersonId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { type Command, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import { decide } from '../core/request/decide.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { unreachable } from '../core/result.ts';
import { isBlank } from '../core/text.ts';
import type { AnswerClick, DecidedClick, Ledger, QuestionClick, Recorded } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { actorOf } from './actor.ts';
import type { Deps } from './deps.ts';
import { recordExtension } from './extend.ts';
import { isFindingClick, recordFindingDecision } from './findings/decide.ts';
import { recordEndAll } from './mass-ending/end-all.ts';
import { recordLift } from './mass-ending/lift.ts';
import { QUARANTINE_REFUSAL } from './quarantine.ts';
import { isReviewClick, recordReviewDecision } from './reviews/decide.ts';
import { recordOpenReview } from './reviews/open.ts';

type AnswerDeps = Pick<Deps, 'ledger' | 'policy' | 'removalCap'>;

/**
 * Decides an answer, or another click that needs no workflow of its own, on the ledger's own state, and judges the account and the person at this moment (I12, T45). It throws
 * while the account is not checked, because then the answer may neither count nor be refused.
 */
export async function recordAnswer(
  { ledger, policy, removalCap }: AnswerDeps,
  click: DecidedClick,
): Promise<Pick<Recorded, 'outcome'>> {
  if (click.kind === 'end-all') return recordEndAll({ ledger, policy }, click);
  if (click.kind === 'lift') return recordLift({ ledger, policy }, click);
  if (isFindingClick(click))
    return recordFindingDecision({ ledger, policy, ...(removalCap ? { removalCap } : {}) }, click);
  if (click.kind === 'open-review') return recordOpenReview({ ledger, policy }, click);
  if (isReviewClick(click))
    return recordReviewDecision({ ledger, policy, ...(removalCap ? { removalCap } : {}) }, click);
  if (click.kind === 'extend') return recordExtension({ ledger, policy }, click);
  const actor = await actorOf({ ledger, policy }, click);
  if (!actor) throw new Error('the account of this click is not checked yet');
  const step = { request: click.request, name: `click/${click.id}`, via: click.via };
  if (!actor.ok) {
    const refused = { by: click.person, tried: click.kind, refusal: actor.error };
    return { outcome: await ledger.recordRefusal(step, refused) };
  }
  if (click.kind === 'approve' && (await ledger.isQuarantined()))
    return {
      outcome: await ledger.recordRefusal(step, {
        by: actor.value,
        tried: click.kind,
        refusal: QUARANTINE_REFUSAL,
      }),
    };
  const { state } = await ledger.readState(click.request);
  const eligibility =
    state.kind === 'blank' ? NOT_ELIGIBLE : await policy.eligibility(state.details, actor.value);
  const text = TEXTS[click.kind];
  const body = text === undefined ? '' : storedText(click.body.note);
  return ledger.record({
    ...step,
    command: (_state, at) => commandOf(click, { by: actor.value, eligibility, hasText: body !== '', at }),
    ...(text === undefined || body === '' ? {} : { freeText: { kind: text, ...ledger.salted(body) } }),
  });
}

/**
 * Why an answer would be refused if this person sent it now, with a text where one is needed. Use it before anything is shown that
 * only who may answer should see. The answer is judged again when it is decided.
 */
export async function refusalOfAnswer(
  {
    ledger,
    policy,
  }: Readonly<{
    ledger: Pick<Ledger, 'readState'>;
    policy: Pick<Policy, 'eligibility'>;
  }>,
  { kind, request, by, digest }: Readonly<{ kind: Kind; request: RequestId; by: PersonId; digest: string }>,
): Promise<Refusal | undefined> {
  const { state, at } = await ledger.readState(request);
  if (state.kind === 'blank') return { code: 'unknown-request' };
  const eligibility = await policy.eligibility(state.details, by);
  const decided = decide(
    state,
    commandOf({ kind, body: { digest } }, { by, eligibility, hasText: true, at }),
  );
  return decided.ok ? undefined : decided.error;
}

/** What comes with an answer as a text: the reason of a denial, a question, or the answer to one. */
const TEXTS: Readonly<Partial<Record<Kind, FreeTextKind>>> = {
  deny: 'denial',
  ask: 'question',
  answer: 'answer',
};

/** A text as it is stored. One in which a reader sees nothing is no text. */
function storedText(note = ''): string {
  const text = [...note.trim()].slice(0, LIMITS.denialReasonLength).join('');
  return isBlank(text) ? '' : text;
}

type Kind = (AnswerClick | QuestionClick)['kind'];
type FreeTextKind = 'denial' | 'question' | 'answer';
type Judged = Readonly<{ by: PersonId; eligibility: Eligibility; hasText: boolean; at: Instant }>;

function commandOf(
  { kind, body }: Readonly<{ kind: Kind; body: Readonly<{ digest?: string }> }>,
  { by, eligibility, hasText, at }: Judged,
): Command {
  switch (kind) {
    case 'approve':
      return { kind, by, digest: body.digest ?? '', eligibility, at };
    case 'deny':
      return { kind, by, digest: body.digest ?? '', eligibility, hasReason: hasText, at };
    case 'ask':
      return { kind, by, digest: body.digest ?? '', eligibility, hasText, at };
    case 'answer':
      return { kind, by, hasText, at };
    case 'end':
      return { kind, by, eligibility, at };
    case 'withdraw':
      return { kind, by, digest: body.digest ?? '', at };
    default:
      return unreachable(kind);
  }
}
