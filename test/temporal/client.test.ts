import { describe, expect, jest, test } from '@jest/globals';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ClickId, PersonId } from '../../core/ids.ts';
import { requestWorkflows } from '../../temporal/client.ts';
import { REFUSED } from '../../workflows/messages.ts';
import { request } from '../core/request/request.fixture.ts';

type Sent = readonly unknown[];

/** A client of Temporal that records what is sent, and answers it with `result`. */
function clientOf(result: () => Promise<unknown>) {
  const sent: Sent[] = [];
  const send = (...what: Sent) => (sent.push(what), result());
  const client = {
    withDeadline: (deadline: number, work: () => Promise<unknown>) => {
      sent.push(['deadline in seconds', Math.round((deadline - Date.now()) / 1_000)]);
      return work();
    },
    workflow: {
      start: (workflow: { name: string }, options: object) => send('start', workflow.name, options),
      getHandle: (id: string) => ({
        executeUpdate: (update: { name: string }, options: object) =>
          send('update', id, update.name, options),
      }),
    },
  };
  return { workflows: requestWorkflows(client as unknown as Client, 'queue'), sent };
}
const failing = (error: Error) => () => Promise.reject(error);

describe('the start of a request’s workflow', () => {
  test('names the request, and neither starts a second one nor a finished one again (F17)', async () => {
    const { workflows, sent } = clientOf(() => Promise.resolve({}));
    await workflows.start(request);
    expect(sent).toEqual([
      ['deadline in seconds', 15],
      [
        'start',
        'accessRequest',
        {
          workflowId: `request/${request}`,
          taskQueue: 'queue',
          args: [{ request }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
        },
      ],
    ]);
  });

  test('is on the queue of the workers when no other is named', async () => {
    const start = jest.fn((_workflow: unknown, _options: object) => Promise.resolve());
    const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
    await requestWorkflows({ withDeadline, workflow: { start } } as unknown as Client).start(request);
    expect(start.mock.calls[0]?.[1]).toMatchObject({ taskQueue: 'curfew' });
  });

  test('is done when it was started before', async () => {
    const { workflows } = clientOf(
      failing(new WorkflowExecutionAlreadyStartedError('x', `request/${request}`, 'accessRequest')),
    );
    await expect(workflows.start(request)).resolves.toBeUndefined();
  });

  test('fails with any other error, so that it is tried again', async () => {
    await expect(clientOf(failing(new Error('unavailable'))).workflows.start(request)).rejects.toThrow(
      'unavailable',
    );
  });
});

describe('an answer to a request', () => {
  const hint = { click: 'click_1' as ClickId, kind: 'approve', by: 'bo' as PersonId, digest: 'd1' } as const;
  const refusal = { code: 'own-request' };
  const updateFailed = (cause: Error) => new WorkflowUpdateFailedError('the update failed', cause);

  test('is an update with the id of the click, so that the same click is one update (F18)', async () => {
    const { workflows, sent } = clientOf(() => Promise.resolve({ state: 'granting' }));
    expect(await workflows.answer(request, hint)).toEqual({
      kind: 'answered',
      result: { state: 'granting' },
    });
    expect(sent).toEqual([
      ['deadline in seconds', 15],
      ['update', `request/${request}`, 'answer', { args: [hint], updateId: 'click_1' }],
    ]);
  });

  test.each<[string, Error, unknown]>([
    ['no workflow', new WorkflowNotFoundError('x', `request/${request}`, undefined), { kind: 'no-workflow' }],
    [
      'a workflow that was terminated before it replied',
      updateFailed(ApplicationFailure.nonRetryable('x', 'AcceptedUpdateCompletedWorkflow')),
      { kind: 'no-workflow' },
    ],
    [
      'a refusal',
      updateFailed(ApplicationFailure.nonRetryable('own-request', REFUSED, refusal)),
      { kind: 'refused', refusal },
    ],
  ])('that meets %s has that reply', async (_what, error, reply) => {
    expect(await clientOf(failing(error)).workflows.answer(request, hint)).toEqual(reply);
  });

  test.each<[string, Error]>([
    ['a refusal without its reason', updateFailed(ApplicationFailure.nonRetryable('x', REFUSED))],
    [
      'an update that failed in another way',
      updateFailed(ApplicationFailure.nonRetryable('x', 'other', refusal)),
    ],
    ['an update that failed without a cause of ours', updateFailed(new Error('x'))],
    ['no answer in time', new WorkflowUpdateRPCTimeoutOrCancelledError('x')],
    ['a failure of ours that is no update', ApplicationFailure.nonRetryable('x', REFUSED, refusal)],
  ])('that meets %s has no definite reply, so it is sent again', async (_what, error) => {
    await expect(clientOf(failing(error)).workflows.answer(request, hint)).rejects.toBe(error);
  });
});
