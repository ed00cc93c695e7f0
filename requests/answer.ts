import { randomBytes } from 'node:crypto';
import type { ClickId, Instant, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import { type Command, type Eligibility, NOT_ELIGIBLE } from '../core/request/commands.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { AnswerClick, Click, Recorded } from '../ledger/index.ts';
import type { Deps, NewEvents } from './deps.ts';
import { newEventsOf } from './deps.ts';

export type Answered = NewEvents & Readonly<{ refusal: Refusal | null }>;

/**
 * Acts on a person's answer. Everything that matters comes from the click in the ledger and from the policy
 * as it is now, nothing from the message that woke us (T11). The same click again gets the same answer.
 */
export async function answer(
  deps: Pick<Deps, 'ledger' | 'policy'>,
  { request, click: id, version }: { request: RequestId; click: ClickId; version: number },
): Promise<Answered> {
  const click = await deps.ledger.readClick(id);
  // A click of another request would teach this workflow another's life.
  if (click?.request !== request || !isAnswer(click))
    return { events: [], refusal: { code: 'unknown-person' } };
  const recorded = await recordAnswer(deps, click);
  return { ...newEventsOf(recorded, version), refusal: recorded.outcome.ok ? null : recorded.outcome.error };
}

export const isAnswer = (click: Click): click is AnswerClick =>
  click.person !== null && ['approve', 'deny', 'withdraw', 'end'].includes(click.kind);

/** Decides an answer on the ledger's own state, judging the person again at this very click. */
export async function recordAnswer(
  { ledger, policy }: Pick<Deps, 'ledger' | 'policy'>,
  click: AnswerClick,
): Promise<Recorded> {
  const state = stateAfter((await ledger.readTrail(click.request)).map(({ event }) => event));
  const eligibility =
    state.kind === 'blank' ? NOT_ELIGIBLE : await policy.eligibility(state.details, click.person);
  const note =
    click.kind === 'deny' ? [...(click.body.note ?? '')].slice(0, LIMITS.denialReasonLength).join('') : '';
  return ledger.record({
    request: click.request,
    name: `click/${click.id}`,
    via: click.via,
    command: (_state, at) => commandOf(click, eligibility, at),
    ...(note === ''
      ? {}
      : { freeText: { kind: 'denial', salt: randomBytes(16).toString('hex'), body: note } as const }),
  });
}

function commandOf({ kind, person: by, body }: AnswerClick, eligibility: Eligibility, at: Instant): Command {
  switch (kind) {
    case 'approve':
      return { kind, by, digest: body.digest ?? '', eligibility, at };
    case 'deny':
    case 'end':
      return { kind, by, eligibility, at };
    case 'withdraw':
      return { kind, by, at };
  }
}
