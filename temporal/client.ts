import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { RequestId } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import { accessRequest } from '../workflows/access-request.ts';
import { MAIN_QUEUE, wakeUp, workflowIdOf } from '../workflows/messages.ts';

/** The workflows of requests, as the inbox uses them. After an error the outcome is unknown: call again. */
export type RequestWorkflows = Readonly<{
  /**
   * Makes the workflow of a request look at the ledger. It starts the workflow when none runs, also after somebody
   * terminated it (F08). A workflow that completed is not started again.
   */
  wake(request: RequestId): Promise<void>;
}>;

export const requestWorkflows = (client: Client, taskQueue = MAIN_QUEUE): RequestWorkflows => ({
  wake: (request) =>
    client.withDeadline(Date.now() + WAITS.temporalCall.ms, async () => {
      if (!(await signal(client, request))) await start(client, request, taskQueue);
    }),
});

/** False when no workflow of the request runs. */
async function signal(client: Client, request: RequestId): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowIdOf(request)).signal(wakeUp);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function start(client: Client, request: RequestId, taskQueue: string): Promise<void> {
  try {
    await client.workflow.start(accessRequest, {
      workflowId: workflowIdOf(request),
      taskQueue,
      args: [{ request }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
