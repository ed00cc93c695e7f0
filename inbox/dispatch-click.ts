import type { Refusal } from '../core/request/refusals.ts';
import type { AnswerClick, Click, Ledger, Recorded } from '../ledger/index.ts';
import type { ClickOutcome } from './click-outcome.ts';
import { endsAccess } from './receive.ts';

export type DispatchDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'storeOutcome' | 'acceptSubmission' | 'recordRefusal' | 'watch'>;
  isAnswer: (click: Click) => click is AnswerClick;
  /** Decides an answer in the ledger. */
  recordAnswer: (click: AnswerClick) => Promise<Recorded>;
  /** Why this account may not act at all. Throws when that is unknown. */
  checkAccount: (click: Click) => Promise<Refusal | undefined>;
}>;

/**
 * Does what one click requests. An answer counts once it is in the ledger, also while Temporal is away. An error means
 * that the outcome is unknown: dispatch the same click again.
 */
export async function dispatchClick(deps: DispatchDeps, click: Click): Promise<ClickOutcome> {
  // Ending access needs no check by Slack, which may be away (I14). The ledger still checks who the person is.
  const refusal = endsAccess(click.kind) ? undefined : await deps.checkAccount(click);
  if (refusal) return refuse(deps, click, refusal);
  if (click.kind === 'request') {
    if (click.body.refusal) return refuse(deps, click, click.body.refusal);
    await deps.ledger.acceptSubmission(click);
    return { kind: 'started' };
  }
  if (!deps.isAnswer(click)) return refuse(deps, click, { code: 'unknown-person' });
  const { outcome } = await deps.recordAnswer(click);
  return outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error };
}

/** Records a refusal that was decided without the state of the request (F42), once. */
async function refuse({ ledger }: DispatchDeps, click: Click, refusal: Refusal): Promise<ClickOutcome> {
  const name = click.kind === 'request' ? 'open' : `click/${click.id}`;
  await ledger.recordRefusal(
    { request: click.request, name, via: click.via },
    { by: click.person, tried: click.kind, refusal },
  );
  return { kind: 'refused', refusal };
}
