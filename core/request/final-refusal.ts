import type { Instant } from '../ids.ts';
import { type Answer, decide, isDemanded, type Refusal, type RequestState } from './request.ts';

/**
 * Why an answer will be refused whatever happened since, judged by a state that may be old; undefined when only
 * the ledger can tell. An old state knows too little: the next stage may be open by now, access may be live,
 * and another clock may not have reached the end of the waiting.
 */
export function hopeless(state: RequestState, answer: Answer, at: Instant): Refusal | undefined {
  const decided = decide(state, { ...answer, at });
  return !decided.ok && lasts(state, answer, decided.error) ? decided.error : undefined;
}

function lasts(state: RequestState, { kind, by }: Answer, { code }: Refusal): boolean {
  switch (code) {
    case 'own-request':
    case 'already-approved':
    case 'changed':
    case 'not-requester':
      return true;
    case 'not-an-approver':
      return 'demand' in state && !isDemanded(state, by);
    case 'wrong-state': // nothing comes back to waiting; what waits may come alive
      return state.kind !== 'pending' || kind !== 'end';
    default:
      return false;
  }
}
