import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { RequestId } from '../core/ids.ts';
import type { Progress } from '../core/request/progress.ts';

/** The workflow's input: only an id, nothing personal. Everything else is in the ledger. */
export type RequestInput = Readonly<{ request: RequestId }>;

/** How the request ended. `refused`: the policy refused it, so no request was opened. */
export type WorkflowOutcome = Readonly<{ ending: string }>;

/** Says that the ledger has news of the request. It carries nothing, so a forged one changes nothing (T11). */
export const wakeUp = defineSignal('wakeUp');
/** For tests and debugging. Slack and the command line read the ledger. */
export const lastProgress = defineQuery<Progress>('lastProgress');

/** The id of the one workflow of a request. */
export const workflowIdOf = (request: RequestId): string => `request/${request}`;
/** The task queue of the workflows and of the activities that need the ledger only. */
export const MAIN_QUEUE = 'curfew';
/** The task queue of one provider's activities. A process that serves it needs only that provider's credential. */
export const taskQueueOf = (main: string, provider: string): string => `${main}-${provider}`;
