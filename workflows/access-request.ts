import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  setHandler,
} from '@temporalio/workflow';
import type { Instant } from '../core/ids.ts';
import { ELIGIBLE, type SystemCommand } from '../core/request/commands.ts';
import { finalRefusal } from '../core/request/final-refusal.ts';
import type { Refusal } from '../core/request/refusals.ts';
import * as activities from './activities.ts';
import { parseAnswerHint } from './answer-hint.ts';
import { CANCELLED, grantAndRevoke } from './grant-and-revoke.ts';
import {
  answer,
  type AnswerHint,
  type AnswerResult,
  currentState,
  REFUSED,
  type RequestInput,
  type WorkflowOutcome,
} from './messages.ts';
import { newRequestCopy } from './request-copy.ts';

/**
 * The workflow of one request, from the submission to the last receipt. It contains order and waiting only. The
 * ledger decides; this workflow keeps a copy of the request's state that each activity brings up to date.
 * Cancelling the workflow ends the request. Access that was granted is still revoked.
 */
export function accessRequest(input: RequestInput): Promise<WorkflowOutcome> {
  const cancellation = { cancelled: false };
  CancellationScope.current().cancelRequested.catch(() => (cancellation.cancelled = true));
  return CancellationScope.nonCancellable(() => run(input, cancellation));
}

async function run(
  { request }: RequestInput,
  cancellation: { readonly cancelled: boolean },
): Promise<WorkflowOutcome> {
  const copy = newRequestCopy();
  let judged = false;
  const settle = async (command: SystemCommand) =>
    copy.apply(await activities.settle({ request, command, version: copy.version() }));

  setHandler(currentState, copy.state);
  setHandler(answer, handleAnswer, {
    // This function must not be async: Temporal does not await a validator, so a rejected promise counts as accepted.
    validator: (hint) => {
      const parsed = { ...parseAnswerHint(hint), eligibility: ELIGIBLE, hasReason: true };
      // The copy may be older than the ledger, for a minute after a worker stopped.
      const refusal = finalRefusal(copy.state(), parsed, Date.now() as Instant);
      if (refusal) throw refused(refusal);
    },
  });

  async function handleAnswer({ click, kind }: AnswerHint): Promise<AnswerResult> {
    await condition(() => judged);
    const answered = await activities.answer({ request, click, version: copy.version() });
    copy.apply(answered);
    if (answered.refusal) throw refused(answered.refusal);
    if (kind === 'end') await condition(() => copy.kind() === 'closed');
    return { state: copy.kind() };
  }

  async function waitForApproval(lapsesAt: Instant): Promise<void> {
    // The ledger's clock may be behind. Then the ledger refuses to lapse the request, and this loop tries again later.
    for (let pause = 1; copy.kind() === 'pending'; pause = Math.min(Math.max(2 * pause, 1_000), 60_000)) {
      const hasChanged = () => copy.kind() !== 'pending' || cancellation.cancelled;
      const changed = await condition(hasChanged, Math.max(lapsesAt - Date.now(), pause));
      if (copy.kind() !== 'pending') return;
      await settle(changed ? CANCELLED : { kind: 'lapse' });
    }
  }

  copy.apply(await activities.judge({ request }));
  judged = true;
  const opened = copy.state();
  if (opened.kind === 'pending') await waitForApproval(opened.requirements.lapsesAt);
  const decided = copy.state();
  if ('leases' in decided) {
    const { endsAt, details } = decided;
    const leases = decided.leases.map((lease, index) => ({ lease, provider: details.targets[index] ?? '' }));
    await grantAndRevoke({ copy, settle, leases, endsAt, cancellation });
  }

  await condition(allHandlersFinished);
  const last = copy.state();
  if (last.kind === 'blank') return { ending: 'refused' };
  if (last.kind !== 'closed') throw ApplicationFailure.nonRetryable(`ended while ${last.kind}`, 'not-closed');
  return { ending: last.ending.kind };
}

const refused = (refusal: Refusal) => ApplicationFailure.nonRetryable(refusal.code, REFUSED, refusal);
