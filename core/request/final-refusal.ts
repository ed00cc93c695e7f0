import type { Instant } from '../ids.ts';
import type { Answer } from './commands.ts';
import { decide } from './decide.ts';
import type { Refusal } from './refusals.ts';
import { isNamedApprover } from './stages.ts';
import type { RequestState } from './state.ts';

/**
 * The refusal that an answer gets for certain, although `state` may be older than the state in the ledger. Undefined
 * when only the ledger can tell. Since `state`, the next stage may have opened or the access may have become active.
 * The clock of the ledger may also be behind `at`, so that the request has not lapsed there.
 */
export function finalRefusal(state: RequestState, answer: Answer, at: Instant): Refusal | undefined {
  const decided = decide(state, { ...answer, at });
  return !decided.ok && isFinal(state, answer, decided.error) ? decided.error : undefined;
}

function isFinal(state: RequestState, { by }: Answer, { code }: Refusal): boolean {
  switch (code) {
    case 'own-request':
    case 'already-approved':
    case 'changed':
    case 'not-requester':
      return true;
    case 'not-an-approver':
      return 'requirements' in state && !isNamedApprover(state, by);
    case 'wrong-state': // A request never becomes pending again. While it is pending, only `end` comes too early.
      return state.kind !== 'pending';
    default:
      return false;
  }
}
