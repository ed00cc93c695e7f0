import type { Instant, PersonId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { type AnswerKind, type Command, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import { decide } from '../core/request/decide.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { unreachable } from '../core/result.ts';
import { isBlank } from '../core/text.ts';
import type { Click, Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { checkedActorOf } from './actor.ts';
import type { Deps } from './deps.ts';
import { QUARANTINE_REFUSAL } from './quarantine.ts';
import { type Decision, refuseClick, stepOf } from './refuse-click.ts';

type AnswerDeps = Pick<Deps, 'ledger' | 'policy'>;

/** Decides an answer to a request, a question, or the answer to one. */
export async function recordAnswer({ ledger, policy }: AnswerDeps, click: Click<Kind>): Promise<Decision> {
  const actor = await checkedActorOf({ ledger, policy }, click);
  if (!actor.ok) return refuseClick(ledger, click, actor.error);
  if (click.kind === 'approve' && (await ledger.isQuarantined()))
    return refuseClick(ledger, click, QUARANTINE_REFUSAL);
  const { state } = await ledger.readState(click.request);
  const eligibility =
    state.kind === 'blank' ? NOT_ELIGIBLE : await policy.eligibility(state.details, actor.value);
  const text = TEXTS[click.kind];
  const body = text === undefined ? '' : storedText(click.body.note);
  return ledger.record({
    ...stepOf(click),
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

type Kind = AnswerKind | 'ask' | 'answer';
type FreeTextKind = 'denial' | 'question' | 'answer';
type AnswerFacts = Readonly<{ by: PersonId; eligibility: Eligibility; hasText: boolean; at: Instant }>;

function commandOf(
  { kind, body }: Readonly<{ kind: Kind; body: Readonly<{ digest?: string }> }>,
  { by, eligibility, hasText, at }: AnswerFacts,
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
