import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { judge } from './activities.ts';
import { msUntil } from './clock.ts';
import { grantAndRevoke } from './grant-and-revoke.ts';
import type { RequestInput, WorkflowOutcome } from './messages.ts';
import { type Watch, watchRequest } from './watch.ts';

/**
 * The workflow of one request, from the submission to the last receipt. It contains order and waiting only. The
 * ledger decides, and this workflow looks there when its time comes or a message says that there is news. Cancelling it
 * changes nothing: whoever may end the access does so in Slack or with `curfew end`.
 */
export const accessRequest = (input: RequestInput): Promise<WorkflowOutcome> =>
  CancellationScope.nonCancellable(() => run(input));

async function run(input: RequestInput | undefined): Promise<WorkflowOutcome> {
  if (!input) throw new Error('the input of this workflow is not encrypted with a key of this process');
  const { request } = input;
  const watch = watchRequest(request);
  watch.learn(await judge(request));
  await waitForApproval(watch);
  await grantAndRevoke(watch);
  const last = watch.progress();
  if (last.kind === 'blank') return { ending: 'refused' };
  if (last.kind !== 'closed') throw ApplicationFailure.nonRetryable(`ended while ${last.kind}`, 'not-closed');
  return { ending: last.ending };
}

/** Waits until the request is approved or over. The ledger lapses it when its time is over. */
async function waitForApproval(watch: Watch): Promise<void> {
  // Temporal's timers may be ahead of the ledger's clock. Then this loop looks again, after a pause that grows.
  for (let pause = 1; ; pause = Math.min(Math.max(2 * pause, 1_000), 60_000)) {
    const progress = watch.progress();
    if (progress.kind !== 'pending') return;
    await watch.waitForNews({ ms: Math.max(msUntil(progress.lapsesAt, progress.at), pause) });
    await watch.look();
  }
}
