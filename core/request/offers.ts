import type { Instant, PersonId } from '../ids.ts';
import { ANSWER_KINDS, type AnswerKind, type Eligibility, ELIGIBLE } from './commands.ts';
import { decide } from './decide.ts';
import { digestToAnswer, extendable } from './extension.ts';
import type { RequestState } from './state.ts';

/** What a person can do about a request with a button: answer it, ask about it, answer a question, or request a later end. */
export type Offer = AnswerKind | 'ask' | 'answer' | 'extend';

/**
 * The buttons to offer to this person. It calls `decide`, so it offers nothing that is refused. `eligibility`: what the policy says now;
 * a card, which stays, is drawn without it.
 */
export function offers(
  state: RequestState,
  by: PersonId,
  at: Instant,
  eligibility: Eligibility = ELIGIBLE,
): readonly Offer[] {
  if (state.kind === 'blank') return [];
  const digest = digestToAnswer(state);
  const probe = { by, digest, eligibility, hasReason: true, hasText: true, at } as const;
  const answers = ANSWER_KINDS.filter((kind) => decide(state, { kind, ...probe }).ok);
  const questions = (['ask', 'answer'] as const).filter((kind) => decide(state, { kind, ...probe }).ok);
  return [...(extendable(state, { by, at }).ok ? (['extend'] as const) : []), ...answers, ...questions];
}
