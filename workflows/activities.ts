import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { taskQueueOf } from './messages.ts';

/** Runs on the worker that has the workflow task, because it is one quick write to the ledger at the start. */
export const { judge } = proxyLocalActivities<Pick<Activities, 'judge'>>({
  startToCloseTimeout: '30s',
  retry: { maximumInterval: '30s' },
});

/** Retried without limit: what happened must be recorded. */
export const { answer, settle } = proxyActivities<Pick<Activities, 'answer' | 'settle'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '60s' },
});

/** May fail. After `withinMs` it is not retried, and what it may have granted is revoked. */
export const grantActivity = (provider: string, withinMs: number) =>
  proxyActivities<Pick<Activities, 'grant'>>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: '30s',
    heartbeatTimeout: '10s', // Temporal notices a killed worker before the attempt's time is over (F01).
    scheduleToCloseTimeout: withinMs,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  }).grant;

/** Retried without limit: access that was granted must be revoked, however long the provider is away. */
export const revokeActivity = (provider: string) =>
  proxyActivities<Pick<Activities, 'revoke'>>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: '30s',
    heartbeatTimeout: '10s', // Temporal notices a killed worker before the attempt's time is over (F01).
    retry: { initialInterval: '500ms', maximumInterval: '60s' },
  }).revoke;
