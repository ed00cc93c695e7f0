import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RequestId } from '../core/ids.ts';
import type { Refusal } from '../core/request/request.ts';
import {
  type Heard,
  type Input,
  MAIN_QUEUE,
  REFUSED,
  type Said,
  workflowIdOf,
} from '../workflows/messages.ts';

/** What came of an answer. `gone`: no workflow is there to hear it, so the ledger must be asked. */
export type Reply = Readonly<
  { kind: 'heard'; heard: Heard } | { kind: 'refused'; refusal: Refusal } | { kind: 'gone' }
>;

/** The engine as the inbox needs it. An error means "unknown": send the same thing again. */
export type Engine = Readonly<{
  start(request: RequestId): Promise<void>;
  answer(request: RequestId, said: Said): Promise<Reply>;
}>;

// Nobody waits longer for Temporal. An end waits for its receipt, which may take longer; the ledger tells the rest.
const LISTEN_MS = 15_000;

/** Temporal behind the two verbs. The same id again is the same workflow, the same update the same answer. */
export const temporalEngine = (client: Client, taskQueue = MAIN_QUEUE): Engine => ({
  async start(request) {
    const input: Input = { request };
    try {
      await client.withDeadline(Date.now() + LISTEN_MS, () =>
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
      const heard = await client.withDeadline(Date.now() + LISTEN_MS, () =>
        client.workflow
          .getHandle(workflowIdOf(request))
          .executeUpdate<Heard, [Said]>('answer', { args: [said], updateId: said.click }),
      );
      return { kind: 'heard', heard };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || isCutOff(error)) return { kind: 'gone' };
      const refusal = refusalIn(error);
      if (refusal) return { kind: 'refused', refusal };
      throw error;
    }
  },
});

/** The workflow took the answer and was terminated before it replied; the server says so for ever after. */
const isCutOff = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === 'AcceptedUpdateCompletedWorkflow';

function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== REFUSED) return undefined;
  return cause.details?.[0] as Refusal | undefined;
}
