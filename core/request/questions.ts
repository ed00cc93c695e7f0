import { no, ok } from '../result.ts';
import type { Instant } from '../ids.ts';
import { approverRefusal } from './approver-refusal.ts';
import type { CommandOf } from './commands.ts';
import type { Decision } from './decision.ts';
import type { EventOf } from './events.ts';
import type { RequestState } from './state.ts';
import { stateRefusal } from './state-refusal.ts';

export type PendingRequest = Extract<RequestState, { kind: 'pending' }>;

/** An approver who may decide now may ask the requester a question, one at a time. Everybody may still approve or deny. */
export function ask(state: RequestState, command: CommandOf<'ask'>): Decision {
  if (state.kind !== 'blank' && command.by === state.details.requester) return no({ code: 'own-request' });
  if (state.kind !== 'pending') return no(stateRefusal(state));
  const { by, digest, hasText, at } = command;
  if (digest !== state.details.digest) return no({ code: 'changed' });
  const refusal = approverRefusal(state, command);
  if (refusal) return no(refusal);
  if (state.question) return no({ code: 'question-open' });
  return hasText ? ok([{ kind: 'asked', by, at }]) : no({ code: 'text-missing' });
}

export function answer(state: RequestState, { by, hasText, at }: CommandOf<'answer'>): Decision {
  if (state.kind !== 'pending') return no(stateRefusal(state));
  if (by !== state.details.requester) return no({ code: 'not-requester' });
  if (at >= state.requirements.lapsesAt) return no({ code: 'lapsed' });
  if (!state.question) return no({ code: 'no-question' });
  return hasText ? ok([{ kind: 'answered', by, at }]) : no({ code: 'text-missing' });
}

/**
 * While a question is open, the time to lapse does not run, but all questions together postpone the lapse by at most `mayWaitMs`.
 * So a request whose question nobody answers lapses too.
 */
export function evolveQuestion(
  state: PendingRequest,
  event: EventOf<'asked'> | EventOf<'answered'>,
): PendingRequest {
  const { question, mayWaitMs, requirements, ...rest } = state;
  const lapsing = (lapsesAt: number) => ({ ...requirements, lapsesAt: lapsesAt as Instant });
  if (event.kind === 'asked') {
    if (question) return state;
    const { by, at } = event;
    const { lapsesAt } = requirements;
    return {
      ...rest,
      mayWaitMs,
      question: { by, at, lapsesAt },
      requirements: lapsing(lapsesAt + mayWaitMs),
    };
  }
  if (!question) return state;
  const waitedMs = Math.min(Math.max(event.at - question.at, 0), mayWaitMs);
  return { ...rest, mayWaitMs: mayWaitMs - waitedMs, requirements: lapsing(question.lapsesAt + waitedMs) };
}
