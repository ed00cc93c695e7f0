import type { Instant, PersonId } from '../ids.ts';
import { ANSWER_KINDS, type AnswerKind, ELIGIBLE } from './commands.ts';
import { decide } from './decide.ts';
import { digestToAnswer, extendable } from './extension.ts';
import type { RequestState } from './state.ts';

/** What a person can do about a request with a button: answer it, or request a later end. */
export type Offer = AnswerKind | 'extend';

/** The buttons to offer to this person. It calls `decide`, so it offers nothing that is refused. */
export function offers(state: RequestState, by: PersonId, at: Instant): readonly Offer[] {
  if (state.kind === 'blank') return [];
  const digest = digestToAnswer(state);
  const answers = ANSWER_KINDS.filter(
    (kind) => decide(state, { kind, by, digest, eligibility: ELIGIBLE, hasReason: true, at }).ok,
  );
  return [...(extendable(state, { by, at }).ok ? (['extend'] as const) : []), ...answers];
}
