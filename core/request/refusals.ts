import type { Instant, Minutes, PersonId } from '../ids.ts';
import type { Ending } from './events.ts';
import type { RequestState } from './state.ts';

/** Why a request is refused before any approver sees it. */
export type RequestRefusal = Readonly<
  | { code: 'unknown-entitlement'; entitlement: string; nearest?: string }
  | { code: 'length-unreadable'; problem: string }
  | { code: 'too-long'; longest: Minutes }
  | { code: 'reason-missing' | 'unknown-person' | 'nobody-can-approve' | 'too-many-open' | 'quarantine' }
  | { code: 'reason-too-long'; most: number }
  | { code: 'not-allowed'; why: string }
  | { code: 'no-account'; provider: string }
  | {
      code: 'not-a-member';
      why: 'guest' | 'outsider' | 'bot' | 'deactivated' | 'other-workspace' | 'unknown';
    }
>;

/** Why a person may not do a thing. It is a value, because a refusal is an ordinary outcome. */
export type Refusal = Readonly<
  | RequestRefusal
  | {
      code:
        | 'own-request'
        | 'not-an-approver'
        | 'no-longer-an-approver'
        | 'already-approved'
        | 'already-delivered'
        | 'denial-reason-missing'
        | 'extension-open'
        | 'question-open'
        | 'no-question'
        | 'text-missing';
    }
  | { code: 'not-requester' | 'changed' | 'lapsed' | 'not-yet' | 'unknown-request' | 'unknown-lease' }
  /** `longest`: from the first grant to the end. `left`: by how much the access can still be extended. */
  | { code: 'too-long-in-total'; longest: Minutes; left: Minutes }
  | {
      code: 'wrong-state';
      state: RequestState['kind'];
      /** `ending`: why the request ended. `by` and `since`: who decided before, and when. Left out when unknown. */
      ending?: Ending;
      by?: PersonId;
      since?: Instant;
    }
>;
