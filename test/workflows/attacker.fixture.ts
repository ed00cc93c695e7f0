import { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { RequestId } from '../../core/ids.ts';
import { taskQueueOf } from '../../workflows/messages.ts';
import { handleOf, type WorkflowFixture } from './workflow.fixture.ts';

/** An input that the attacker's client sends: the number of a payload that it found in a history. */
export type Replayed = Readonly<{ replayed: number }>;

/** Somebody who can use the whole API of Temporal, and has no key. */
export type Attacker = Readonly<{
  client: Client;
  /** Everything encrypted in the history of this request, as inputs that can be sent again. */
  steal(request: RequestId): Promise<readonly Replayed[]>;
  /** The payloads of the results of this activity in the history of this request. */
  stealResults(request: RequestId, activity: string): Promise<readonly Replayed[]>;
  /** Runs an activity that belongs to no workflow, once, and says how it ended. */
  run(activity: string, taskQueue: string, args: readonly unknown[]): Promise<string>;
  /** Takes the next task of the provider for this request, as a worker would. */
  takeTask(request: RequestId): Promise<Readonly<{ token: Uint8Array; activity: string }>>;
  /** Lets the workflow of this request start again from its first task. */
  reset(request: RequestId): Promise<void>;
}>;

const MINUTE = 60_000;

export function attackerOf(fixture: WorkflowFixture): Attacker {
  const stolen: Payload[] = [];
  const encode = (payloads: Payload[]) => Promise.resolve(payloads.map((each) => replaced(each, stolen)));
  const decode = (payloads: Payload[]) => Promise.resolve(payloads);
  const { connection } = fixture.client;
  const client = new Client({ connection, dataConverter: { payloadCodecs: [{ encode, decode }] } });
  const service = fixture.client.workflowService;
  const keep = (payloads: readonly Payload[]): readonly Replayed[] =>
    payloads.map((each) => ({ replayed: stolen.push(each) - 1 }));
  const historyOf = async (request: RequestId) =>
    (await handleOf(fixture, request).fetchHistory()).events ?? [];

  return {
    client,
    steal: async (request) => keep(payloadsIn(await historyOf(request))),
    async stealResults(request, activity) {
      const events = await historyOf(request);
      const scheduled = events
        .filter((each) => each.activityTaskScheduledEventAttributes?.activityType?.name === activity)
        .map(({ eventId }) => String(eventId));
      return keep(
        events
          .map((each) => each.activityTaskCompletedEventAttributes)
          .filter((each) => scheduled.includes(String(each?.scheduledEventId)))
          .flatMap((each) => payloadsIn(each?.result)),
      );
    },
    async run(activity, taskQueue, args) {
      const id = `forged-${Math.random()}`;
      const options = { id, taskQueue, args: [...args], retry: { maximumAttempts: 1 } };
      const handle = await client.activity.start(activity, { ...options, scheduleToCloseTimeout: '3m' });
      await handle.result().catch(() => undefined); // The attacker cannot read a result.
      return (await handle.describe()).status;
    },
    async takeTask(request) {
      const { workflowId } = handleOf(fixture, request);
      const taskQueue = { name: taskQueueOf(fixture.queue, 'fake') };
      for (;;) {
        const { taskToken, activityType, workflowExecution } = await client.withDeadline(
          Date.now() + MINUTE,
          () => service.pollActivityTaskQueue({ namespace: 'default', taskQueue, identity: 'attacker' }),
        );
        if (taskToken?.length && workflowExecution?.workflowId === workflowId)
          return { token: taskToken, activity: activityType?.name ?? '' };
      }
    },
    async reset(request) {
      const first = (await historyOf(request)).find((each) => each.workflowTaskCompletedEventAttributes);
      await service.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: handleOf(fixture, request).workflowId },
        workflowTaskFinishEventId: first?.eventId ?? null,
        requestId: `reset-${Math.random()}`,
        reason: 'an attack',
      });
    },
  };
}

/** What the client sends in place of an input that names a stolen payload. */
function replaced(payload: Payload, stolen: readonly Payload[]): Payload {
  const text = Buffer.from(payload.data ?? []).toString();
  const { replayed } = text.startsWith('{') ? (JSON.parse(text) as Partial<Replayed>) : {};
  return (replayed === undefined ? undefined : stolen[replayed]) ?? payload;
}

/** Every payload in a part of a history, at any depth. */
function payloadsIn(part: unknown): readonly Payload[] {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return [];
  if ('metadata' in part && 'data' in part) return [part as Payload];
  return Object.values(part).flatMap(payloadsIn);
}
