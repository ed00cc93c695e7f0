import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RequestId } from '../core/ids.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { accessRequest } from '../workflows/access-request.ts';
import {
  answer,
  type AnswerHint,
  type AnswerResult,
  MAIN_QUEUE,
  REFUSED,
  workflowIdOf,
} from '../workflows/messages.ts';

/** What the workflow did with an answer. `no-workflow`: none runs for this request, so the ledger must decide. */
export type Reply = Readonly<
  { kind: 'answered'; result: AnswerResult } | { kind: 'refused'; refusal: Refusal } | { kind: 'no-workflow' }
>;

/** The workflows of requests, as the inbox uses them. After an error the outcome is unknown: call again. */
export type RequestWorkflows = Readonly<{
  /** Starts the workflow of a request. The same request again changes nothing. */
  start(request: RequestId): Promise<void>;
  /** Sends an answer to the workflow. The same click again gets the same reply. */
  answer(request: RequestId, hint: AnswerHint): Promise<Reply>;
}>;

// An end waits for its receipt, which may take longer. Then the click is tried again, or the ledger answers it.
const REPLY_TIMEOUT_MS = 15_000;

export const requestWorkflows = (client: Client, taskQueue = MAIN_QUEUE): RequestWorkflows => ({
  async start(request) {
    try {
      await client.withDeadline(Date.now() + REPLY_TIMEOUT_MS, () =>
        client.workflow.start(accessRequest, {
          workflowId: workflowIdOf(request),
          taskQueue,
          args: [{ request }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },

  async answer(request, hint) {
    try {
      const result = await client.withDeadline(Date.now() + REPLY_TIMEOUT_MS, () =>
        client.workflow
          .getHandle(workflowIdOf(request))
          .executeUpdate(answer, { args: [hint], updateId: hint.click }),
      );
      return { kind: 'answered', result };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || wasTerminated(error)) return { kind: 'no-workflow' };
      const refusal = refusalIn(error);
      if (refusal) return { kind: 'refused', refusal };
      throw error;
    }
  },
});

/** The workflow accepted the answer and was terminated before it replied. The server repeats this failure for ever. */
const wasTerminated = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === 'AcceptedUpdateCompletedWorkflow';

function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== REFUSED) return undefined;
  return cause.details?.[0] as Refusal | undefined;
}
