import { randomBytes } from 'node:crypto';
import type { Instant } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { ANSWER_KINDS, type Command, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import { unreachable } from '../core/result.ts';
import { isBlank } from '../core/text.ts';
import type { AnswerClick, Click, Recorded } from '../ledger/index.ts';
import type { Deps } from './deps.ts';

type AnswerDeps = Pick<Deps, 'ledger' | 'policy'>;

/** True for a click with which a known person answers a request. */
export const isAnswer = (click: Click): click is AnswerClick =>
  click.person !== null && ANSWER_KINDS.some((kind) => kind === click.kind);

/** Decides an answer on the ledger's own state, and judges the person again at this moment (I12). */
export async function recordAnswer({ ledger, policy }: AnswerDeps, click: AnswerClick): Promise<Recorded> {
  const { state } = await ledger.readState(click.request);
  const eligibility =
    state.kind === 'blank' ? NOT_ELIGIBLE : await policy.eligibility(state.details, click.person);
  const reason = click.kind === 'deny' ? denialReason(click.body.note) : '';
  return ledger.record({
    request: click.request,
    name: `click/${click.id}`,
    via: click.via,
    command: (_state, at) => commandOf(click, eligibility, reason !== '', at),
    ...(reason === ''
      ? {}
      : { freeText: { kind: 'denial', salt: randomBytes(16).toString('hex'), body: reason } as const }),
  });
}

/** The reason of a denial as it is stored. A text in which a reader sees nothing is no reason. */
function denialReason(note = ''): string {
  const reason = [...note.trim()].slice(0, LIMITS.denialReasonLength).join('');
  return isBlank(reason) ? '' : reason;
}

function commandOf(
  { kind, person: by, body }: AnswerClick,
  eligibility: Eligibility,
  hasReason: boolean,
  at: Instant,
): Command {
  switch (kind) {
    case 'approve':
      return { kind, by, digest: body.digest ?? '', eligibility, at };
    case 'deny':
      return { kind, by, eligibility, hasReason, at };
    case 'end':
      return { kind, by, eligibility, at };
    case 'withdraw':
      return { kind, by, at };
    default:
      return unreachable(kind);
  }
}
