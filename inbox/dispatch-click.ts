import type { Instant } from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { unreachable } from '../core/result.ts';
import type { AnswerClick, Click, Ledger, Recorded } from '../ledger/index.ts';
import type { Reply, RequestWorkflows } from '../temporal/client.ts';
import type { ClickOutcome } from './click-outcome.ts';
import { endsAccess } from './receive.ts';

export type DispatchDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'storeOutcome' | 'readTrail' | 'record' | 'recordRefusal' | 'watch'>;
  workflows: RequestWorkflows;
  isAnswer: (click: Click) => click is AnswerClick;
  /** Decides an answer in the ledger. */
  recordAnswer: (click: AnswerClick) => Promise<Recorded>;
  /** Why this account may not act at all. Throws when that is unknown. */
  checkAccount: (click: Click) => Promise<Refusal | undefined>;
}>;

/** Does what one click requests. An error means that the outcome is unknown: dispatch the same click again. */
export async function dispatchClick(deps: DispatchDeps, click: Click): Promise<ClickOutcome> {
  // Ending access needs no check by Slack, which may be away (I14). The ledger still checks who the person is.
  const refusal = endsAccess(click.kind) ? undefined : await deps.checkAccount(click);
  if (refusal) return refuse(deps, click, refusal);
  if (click.kind === 'request') {
    await deps.workflows.start(click.request);
    return { kind: 'started' };
  }
  if (!deps.isAnswer(click)) return refuse(deps, click, { code: 'unknown-person' });
  return click.kind === 'approve' ? approve(deps, click) : answerInLedger(deps, click);
}

/** Only the workflow can grant, so an approval goes to the workflow. */
async function approve(deps: DispatchDeps, click: AnswerClick): Promise<ClickOutcome> {
  const reply = await sendToWorkflow(deps, click);
  switch (reply.kind) {
    case 'answered':
      return { kind: 'answered' };
    case 'refused':
      return refuse(deps, click, reply.refusal);
    case 'no-workflow':
      return approveWithoutWorkflow(deps, click);
    default:
      return unreachable(reply);
  }
}

/**
 * A denial, a withdrawal and an end count once they are in the ledger, also while Temporal is away, and no later
 * approval overtakes them (B22). Then the workflow is told. When no workflow runs, the sweeper acts.
 */
async function answerInLedger(deps: DispatchDeps, click: AnswerClick): Promise<ClickOutcome> {
  const { outcome } = await deps.recordAnswer(click);
  if (!outcome.ok) {
    // The workflow's copy of the state may be old. This click makes it read the new events. Its reply is not needed.
    void sendToWorkflow(deps, click).catch(() => undefined);
    return { kind: 'refused', refusal: outcome.error };
  }
  const reply = await sendToWorkflow(deps, click);
  return { kind: reply.kind === 'answered' ? 'answered' : 'answered-by-ledger' };
}

const sendToWorkflow = (
  { workflows }: DispatchDeps,
  { request, id, kind, person, body }: AnswerClick,
): Promise<Reply> => workflows.answer(request, { click: id, kind, by: person, digest: body.digest ?? '' });

/** Temporal keeps no trace of a rejected update, so the refusal is recorded here (F42), once. */
async function refuse({ ledger }: DispatchDeps, click: Click, refusal: Refusal): Promise<ClickOutcome> {
  const name = click.kind === 'request' ? 'open' : `click/${click.id}`;
  await ledger.recordRefusal(
    { request: click.request, name, via: click.via },
    { by: click.person, tried: click.kind, refusal },
  );
  return { kind: 'refused', refusal };
}

/** No workflow runs, so nothing would grant the access: a pending request is closed before the click is decided. */
async function approveWithoutWorkflow(deps: DispatchDeps, click: AnswerClick): Promise<ClickOutcome> {
  const { ledger } = deps;
  const state = stateAfter((await ledger.readTrail(click.request)).map(({ event }) => event));
  if (state.kind === 'pending') {
    const why = 'its workflow no longer runs, so nothing would have granted the access';
    const command = (_state: unknown, at: Instant) => ({ kind: 'void', why, at }) as const;
    await ledger.record({ request: click.request, name: 'void', via: click.via, command });
  }
  const { outcome } = await deps.recordAnswer(click);
  return outcome.ok ? { kind: 'answered-by-ledger' } : { kind: 'refused', refusal: outcome.error };
}
