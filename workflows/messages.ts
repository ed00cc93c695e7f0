import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ClickId, PersonId, RequestId } from '../core/ids.ts';
import type { AnswerKind } from '../core/request/commands.ts';
import type { RequestState } from '../core/request/state.ts';

/** The workflow's input: only an id, nothing personal. Everything else is in the ledger. */
export type RequestInput = Readonly<{ request: RequestId }>;

/**
 * Tells the workflow that a click is in the ledger. `kind`, `by` and `digest` are hints: with them the workflow
 * rejects an answer that cannot succeed, without a trace in its history. The activity acts on the click itself (T11).
 */
export type AnswerHint = Readonly<{ click: ClickId; kind: AnswerKind; by: PersonId; digest: string }>;

/** The state of the request after an answer. */
export type AnswerResult = Readonly<{ state: RequestState['kind'] }>;

/** How the request ended. `refused`: the policy refused it, so no request was opened. */
export type WorkflowOutcome = Readonly<{ ending: string }>;

export const answer = defineUpdate<AnswerResult, [AnswerHint]>('answer');
/** For tests and debugging. Slack and the command line read the ledger. */
export const currentState = defineQuery<RequestState>('currentState');

/** The id of the one workflow of a request. */
export const workflowIdOf = (request: RequestId): string => `request/${request}`;
/** The task queue of the workflows and of the activities that need the ledger only. */
export const MAIN_QUEUE = 'curfew';
/** The task queue of one provider's activities. A process that serves it needs only that provider's credential. */
export const taskQueueOf = (main: string, provider: string): string => `${main}-${provider}`;
/** The failure type of a refusal that an update returns. */
export const REFUSED = 'refused';
