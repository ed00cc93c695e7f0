import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { RequestId } from '../core/ids.ts';
import type { Progress } from '../core/request/progress.ts';
import { WAITS } from '../core/waits.ts';
import { taskQueueOf } from './messages.ts';

/**
 * The answer of an activity. It is undefined when somebody else completed the activity, because nobody without the key can
 * write an answer that counts.
 */
type Answers<Name extends keyof Activities> = {
  [Each in Name]: (
    ...input: Parameters<Activities[Each]>
  ) => Promise<Awaited<ReturnType<Activities[Each]>> | undefined>;
};
type AtLedger = Answers<'judge' | 'look'>;

// A local activity holds a slot of the worker, and the timers of all workflows need these slots. So it has one short try.
const quick = proxyLocalActivities<AtLedger>({
  scheduleToCloseTimeout: WAITS.quickLook.ms,
  retry: { maximumAttempts: 1 },
});
/** Retried without limit, and without new events in the history. */
const patient = proxyActivities<AtLedger>({
  startToCloseTimeout: WAITS.ledgerActivity.ms,
  retry: { initialInterval: '500ms', maximumInterval: '20s' },
});

/** Opens the request or records its refusal. */
export const judge = (request: RequestId): Promise<Progress> => quickly('judge', request);
/** Records what is due, and says where the request stands. */
export const look = (request: RequestId): Promise<Progress> => quickly('look', request);

/** Calls the activity in this workflow task. If that fails, an ordinary activity waits for the ledger. */
async function quickly(name: keyof AtLedger, request: RequestId): Promise<Progress> {
  for (;;) {
    const progress = await quick[name]({ request }).catch(() => patient[name]({ request }));
    if (progress) return progress;
  }
}

/** May fail. After `withinMs` it is not retried, and what it may have granted is revoked. */
export const grantActivity = (provider: string, withinMs: number) =>
  proxyActivities<Answers<'grant'>>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: WAITS.providerActivity.ms,
    heartbeatTimeout: WAITS.heartbeat.ms, // Temporal notices a killed worker before the attempt's time is over (F01).
    scheduleToCloseTimeout: withinMs,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  }).grant;

/** May fail. After `withinMs` it is not retried, and the access ends at its old end. */
export const extendActivity = (provider: string, withinMs: number) =>
  proxyActivities<Answers<'extend'>>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: WAITS.providerActivity.ms,
    heartbeatTimeout: WAITS.heartbeat.ms,
    scheduleToCloseTimeout: withinMs,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  }).extend;

/** Retried without limit: access that was granted must be revoked, however long the provider is unavailable. */
export const revokeActivity = (provider: string) =>
  proxyActivities<Answers<'revoke'>>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: WAITS.providerActivity.ms,
    heartbeatTimeout: WAITS.heartbeat.ms, // Temporal notices a killed worker before the attempt's time is over (F01).
    retry: { initialInterval: '500ms', maximumInterval: '60s' },
  }).revoke;
