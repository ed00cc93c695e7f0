import type { Instant } from '../ids.ts';
import type { Answer } from './commands.ts';
import { decide } from './decide.ts';
import type { Refusal } from './refusals.ts';
import { isNamedApprover } from './stages.ts';
import type { RequestState } from './state.ts';

/**
 * Why an answer will be refused whatever happened since, judged by a state that may be old. Undefined when only the
 * ledger can tell: since then the next stage may have opened, access may have become active, and another clock may
 * not have reached the time at which the request lapses.
 */
export function finalRefusal(state: RequestState, answer: Answer, at: Instant): Refusal | undefined {
  const decided = decide(state, { ...answer, at });
  return !decided.ok && isFinal(state, answer, decided.error) ? decided.error : undefined;
}

function isFinal(state: RequestState, { kind, by }: Answer, { code }: Refusal): boolean {
  switch (code) {
    case 'own-request':
    case 'already-approved':
    case 'changed':
    case 'not-requester':
      return true;
    case 'not-an-approver':
      return 'requirements' in state && !isNamedApprover(state, by);
    case 'wrong-state': // A request never becomes pending again. A pending request may become active.
      return state.kind !== 'pending' || kind !== 'end';
    default:
      return false;
  }
}
