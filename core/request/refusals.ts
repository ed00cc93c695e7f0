import type { LengthProblem } from '../duration.ts';
import type { FindingRefusal } from '../findings/finding.ts';
import type { Instant, Minutes, PersonId, RequestId } from '../ids.ts';
import type { MassEnding } from '../mass-ending.ts';
import type { ReviewRefusal } from '../reviews/decide-line.ts';
import type { Ending } from './events.ts';
import type { RequestState } from './state.ts';

/**
 * Why a request is refused before any approver sees it. A refusal is recorded for ever, so it has codes, limits and what the policy says, and never
 * a text that a person typed.
 */
export type RequestRefusal = Readonly<
  /** `nearest`: an entitlement of the catalogue. */
  | { code: 'unknown-entitlement'; nearest?: string }
  | { code: 'length-unreadable'; problem: LengthProblem }
  /** `request`: what this person requested for the same entitlement, length and reason, and is open. */
  | { code: 'already-open'; request: RequestId }
  | { code: 'too-long'; longest: Minutes }
  | { code: 'reason-missing' | 'unknown-person' | 'nobody-can-approve' | 'too-many-open' | 'quarantine' }
  | { code: 'reason-too-long'; most: number }
  | { code: 'not-allowed'; why: string }
  | { code: 'no-account'; provider: string }
  /** Everything in this scope was ended, and nothing is granted in it until people lifted the lock. */
  | { code: 'locked'; scope: MassEnding['scope']; by: PersonId }
  | {
      code: 'not-a-member';
      why: 'guest' | 'outsider' | 'bot' | 'deactivated' | 'other-workspace' | 'unknown';
    }
>;

/** Why a person may not do a thing. It is a value, because a refusal is an ordinary outcome. */
export type Refusal = Readonly<
  | RequestRefusal
  | FindingRefusal
  | ReviewRefusal
  | {
      code:
        | 'own-request'
        | 'not-an-approver'
        | 'no-longer-an-approver'
        | 'already-approved'
        | 'already-delivered'
        | 'denial-reason-missing'
        | 'extension-open'
        | 'too-many-extensions'
        | 'question-open'
        | 'no-question'
        | 'text-missing';
    }
  /** `why`: why this person may not end everything of a scope, or may not lift a lock. */
  | { code: 'may-not-end-all' | 'may-not-lift'; why: string }
  | { code: 'unknown-lock' | 'already-lifted' }
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
