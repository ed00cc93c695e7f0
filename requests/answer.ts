import { randomBytes } from 'node:crypto';
import type { Instant, PersonId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { type AnswerKind, type Command, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import { decide } from '../core/request/decide.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { unreachable } from '../core/result.ts';
import { isBlank } from '../core/text.ts';
import type { AnswerClick, ExtendClick, Ledger, Recorded } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { actorOf } from './actor.ts';
import type { Deps } from './deps.ts';
import { recordExtension } from './extend.ts';

type AnswerDeps = Pick<Deps, 'ledger' | 'policy'>;

/**
 * Decides an answer, or a request for a later end, on the ledger's own state, and judges the account and the person at this moment (I12, T45). It throws
 * while the account is not checked, because then the answer may neither count nor be refused.
 */
export async function recordAnswer(
  { ledger, policy }: AnswerDeps,
  click: AnswerClick | ExtendClick,
): Promise<Pick<Recorded, 'outcome'>> {
  if (click.kind === 'extend') return recordExtension({ ledger, policy }, click);
  const actor = await actorOf({ ledger, policy }, click);
  if (!actor) throw new Error('the account of this click is not checked yet');
  const step = { request: click.request, name: `click/${click.id}`, via: click.via };
  if (!actor.ok) {
    const refused = { by: click.person, tried: click.kind, refusal: actor.error };
    return { outcome: await ledger.recordRefusal(step, refused) };
  }
  const { state } = await ledger.readState(click.request);
  const eligibility =
    state.kind === 'blank' ? NOT_ELIGIBLE : await policy.eligibility(state.details, actor.value);
  const reason = click.kind === 'deny' ? denialReason(click.body.note) : '';
  return ledger.record({
    ...step,
    command: (_state, at) => commandOf(click, { by: actor.value, eligibility, hasReason: reason !== '', at }),
    ...(reason === ''
      ? {}
      : { freeText: { kind: 'denial', salt: randomBytes(16).toString('hex'), body: reason } as const }),
  });
}

/**
 * Why an answer would be refused if this person sent it now, with a reason where one is needed. Use it before anything is shown that
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
  {
    kind,
    request,
    by,
    digest,
  }: Readonly<{ kind: AnswerKind; request: RequestId; by: PersonId; digest: string }>,
): Promise<Refusal | undefined> {
  const { state, at } = await ledger.readState(request);
  if (state.kind === 'blank') return { code: 'unknown-request' };
  const eligibility = await policy.eligibility(state.details, by);
  const decided = decide(state, { kind, by, digest, eligibility, hasReason: true, at });
  return decided.ok ? undefined : decided.error;
}

/** The reason of a denial as it is stored. A text in which a reader sees nothing is no reason. */
function denialReason(note = ''): string {
  const reason = [...note.trim()].slice(0, LIMITS.denialReasonLength).join('');
  return isBlank(reason) ? '' : reason;
}

type Judged = Readonly<{ by: PersonId; eligibility: Eligibility; hasReason: boolean; at: Instant }>;

function commandOf({ kind, body }: AnswerClick, { by, eligibility, hasReason, at }: Judged): Command {
  switch (kind) {
    case 'approve':
      return { kind, by, digest: body.digest ?? '', eligibility, at };
    case 'deny':
      return { kind, by, digest: body.digest ?? '', eligibility, hasReason, at };
    case 'end':
      return { kind, by, eligibility, at };
    case 'withdraw':
      return { kind, by, digest: body.digest ?? '', at };
    default:
      return unreachable(kind);
  }
}
