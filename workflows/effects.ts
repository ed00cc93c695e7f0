import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { queueOf } from './messages.ts';

/** A quick write to our own ledger at the very start, on the worker that has the workflow in hand. */
export const { judge } = proxyLocalActivities<Pick<Activities, 'judge'>>({
  startToCloseTimeout: '30s',
  retry: { maximumInterval: '30s' },
});

/** Must succeed, so it is tried without limit: what happened has to be written. */
export const { answer, settle } = proxyActivities<Pick<Activities, 'answer' | 'settle'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', maximumInterval: '60s' },
});

/** May fail: after `withinMs` we stop trying and take back what may have been given. */
export const granting = (provider: string, withinMs: number) =>
  proxyActivities<Pick<Activities, 'grant'>>({
    taskQueue: queueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: '30s',
    heartbeatTimeout: '10s', // a killed worker is noticed before the attempt's time is over (F01)
    scheduleToCloseTimeout: withinMs,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  }).grant;

/** Must succeed: what we gave, we take back, however long the provider is away. */
export const revoking = (provider: string) =>
  proxyActivities<Pick<Activities, 'revoke'>>({
    taskQueue: queueOf(workflowInfo().taskQueue, provider),
    startToCloseTimeout: '30s',
    heartbeatTimeout: '10s', // a killed worker is noticed before the attempt's time is over (F01)
    retry: { initialInterval: '500ms', maximumInterval: '60s' },
  }).revoke;
