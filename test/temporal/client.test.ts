import { describe, expect, jest, test } from '@jest/globals';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { requestWorkflows } from '../../temporal/client.ts';
import { request } from '../core/request/request.fixture.ts';

type Sent = readonly unknown[];
const ID = `request/${request}`;
const done = () => Promise.resolve({});
const failing = (error: Error) => () => Promise.reject(error);
const noWorkflow = failing(new WorkflowNotFoundError('x', ID, undefined));

/** A client of Temporal that records what is sent, and answers it. */
function clientOf({
  signal = done,
  start = done,
}: Partial<Record<'signal' | 'start', () => Promise<unknown>>>) {
  const sent: Sent[] = [];
  const client = {
    withDeadline: (deadline: number, work: () => Promise<unknown>) => {
      sent.push(['deadline in seconds', Math.round((deadline - Date.now()) / 1_000)]);
      return work();
    },
    workflow: {
      start: (workflow: { name: string }, options: object) => (
        sent.push(['start', workflow.name, options]),
        start()
      ),
      getHandle: (id: string) => ({
        signal: (what: { name: string }, ...content: unknown[]) => (
          sent.push(['signal', id, what.name, ...content]),
          signal()
        ),
      }),
    },
  };
  return { workflows: requestWorkflows(client as unknown as Client, 'queue'), sent };
}
const DEADLINE: Sent = ['deadline in seconds', 10];
const SIGNAL: Sent = ['signal', ID, 'wakeUp'];

describe('a wake-up of a request’s workflow', () => {
  test('is a message without content, so a forged one changes nothing (T11)', async () => {
    const { workflows, sent } = clientOf({});
    await workflows.wake(request);
    expect(sent).toEqual([DEADLINE, SIGNAL]);
  });

  test('starts the workflow when none runs, also after one that was terminated, and never one that completed (F08, F17)', async () => {
    const { workflows, sent } = clientOf({ signal: noWorkflow });
    await workflows.wake(request);
    expect(sent).toEqual([
      DEADLINE,
      SIGNAL,
      [
        'start',
        'accessRequest',
        {
          workflowId: ID,
          taskQueue: 'queue',
          args: [{ request }],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
          workflowIdConflictPolicy: 'USE_EXISTING',
        },
      ],
    ]);
  });

  test('starts it on the queue of the workers when no other is named', async () => {
    const start = jest.fn((_workflow: unknown, _options: object) => Promise.resolve());
    const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
    const getHandle = () => ({ signal: noWorkflow });
    await requestWorkflows({ withDeadline, workflow: { start, getHandle } } as unknown as Client).wake(
      request,
    );
    expect(start.mock.calls[0]?.[1]).toMatchObject({ taskQueue: 'curfew' });
  });

  test('is done when the workflow completed, or was started by another process meanwhile', async () => {
    const start = failing(new WorkflowExecutionAlreadyStartedError('x', ID, 'accessRequest'));
    await expect(clientOf({ signal: noWorkflow, start }).workflows.wake(request)).resolves.toBeUndefined();
  });

  test.each<[string, Parameters<typeof clientOf>[0]]>([
    ['message', { signal: failing(new Error('unavailable')) }],
    ['start', { signal: noWorkflow, start: failing(new Error('unavailable')) }],
  ])('fails with any other error of the %s, so that it is tried again', async (what, answers) => {
    const { workflows, sent } = clientOf(answers);
    await expect(workflows.wake(request)).rejects.toThrow('unavailable');
    expect(sent.some(([kind]) => kind === 'start')).toBe(what === 'start');
  });
});
