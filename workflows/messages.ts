import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ClickId, PersonId, RequestId } from '../core/ids.ts';
import type { Answer, RequestState } from '../core/request/request.ts';

/** Nothing personal: which request. The rest is in the ledger. */
export type Input = Readonly<{ request: RequestId }>;

/**
 * A wake-up: a click is in the ledger. `kind`, `by` and `digest` are only hints, by which a hopeless answer is
 * turned down without a trace in the history; what is acted on is the click itself (T11).
 */
export type Said = Readonly<{ click: ClickId; kind: Answer['kind']; by: PersonId; digest: string }>;

/** How the request stands after an answer. */
export type Heard = Readonly<{ state: RequestState['kind'] }>;

/** How it ended. `refused` when the policy turned the ask down and no request came to be. */
export type Outcome = Readonly<{ ending: string }>;

export const answer = defineUpdate<Heard, [Said]>('answer');
/** For tests and debugging; screens read the ledger. */
export const look = defineQuery<RequestState>('look');

/** One workflow per request, by this name. */
export const workflowIdOf = (request: RequestId): string => `request/${request}`;
/** Where workflows and the ledger's activities run. */
export const MAIN_QUEUE = 'curfew';
/** Where one provider's activities run, so that one process holds one provider's credential. */
export const queueOf = (main: string, provider: string): string => `${main}-${provider}`;
/** The type of a refusal that leaves an update. */
export const REFUSED = 'refused';
