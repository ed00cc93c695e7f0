import type { Instant, PersonId } from '../ids.ts';
import { type Answer, decide, type RequestState } from './request.ts';

export type Choice = Answer['kind'];

const CHOICES: readonly Choice[] = ['approve', 'deny', 'withdraw', 'end'];

/** The buttons this person may be shown. Asks the rule itself, so the screen cannot promise otherwise. */
export const offers = (state: RequestState, by: PersonId, at: Instant): readonly Choice[] =>
  state.kind === 'blank'
    ? []
    : CHOICES.filter(
        (kind) => decide(state, { kind, by, digest: state.ask.digest, eligibleNow: true, at }).ok,
      );
