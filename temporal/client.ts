import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RequestId } from '../core/ids.ts';
import type { Refusal } from '../core/request/refusals.ts';
import {
  type AnswerResult,
  type RequestInput,
  MAIN_QUEUE,
  REFUSED,
  type AnswerHint,
  workflowIdOf,
} from '../workflows/messages.ts';

/** What came of an answer. `gone`: no workflow is there to hear it, so the ledger must be asked. */
export type Reply = Readonly<
  { kind: 'answered'; result: AnswerResult } | { kind: 'refused'; refusal: Refusal } | { kind: 'no-workflow' }
>;

/** The engine as the inbox needs it. An error means "unknown": send the same thing again. */
export type RequestWorkflows = Readonly<{
  start(request: RequestId): Promise<void>;
  answer(request: RequestId, said: AnswerHint): Promise<Reply>;
}>;

// Nobody waits longer for Temporal. An end waits for its receipt, which may take longer; the ledger tells the rest.
const REPLY_TIMEOUT_MS = 15_000;

/** Temporal behind the two verbs. The same id again is the same workflow, the same update the same answer. */
export const requestWorkflows = (client: Client, taskQueue = MAIN_QUEUE): RequestWorkflows => ({
  async start(request) {
    const input: RequestInput = { request };
    try {
      await client.withDeadline(Date.now() + REPLY_TIMEOUT_MS, () =>
        client.workflow.start('accessRequest', {
          workflowId: workflowIdOf(request),
          taskQueue,
          args: [input],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  },

  async answer(request, said) {
    try {
      const result = await client.withDeadline(Date.now() + REPLY_TIMEOUT_MS, () =>
        client.workflow
          .getHandle(workflowIdOf(request))
          .executeUpdate<AnswerResult, [AnswerHint]>('answer', { args: [said], updateId: said.click }),
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

/** The workflow took the answer and was terminated before it replied; the server says so for ever after. */
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
