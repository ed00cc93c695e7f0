import type { Instant, PersonId } from '../ids.ts';
import { ANSWER_KINDS, type AnswerKind, ELIGIBLE } from './commands.ts';
import { decide } from './decide.ts';
import type { RequestState } from './state.ts';

/** The answers to offer to this person as buttons. It calls `decide`, so it offers nothing that is refused. */
export const offers = (state: RequestState, by: PersonId, at: Instant): readonly AnswerKind[] =>
  state.kind === 'blank'
    ? []
    : ANSWER_KINDS.filter(
        (kind) =>
          decide(state, {
            kind,
            by,
            digest: state.details.digest,
            eligibility: ELIGIBLE,
            hasReason: true,
            at,
          }).ok,
      );
