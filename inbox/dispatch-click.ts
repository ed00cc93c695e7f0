import type { RequestRefusal } from '../core/request/refusals.ts';
import type { Click, DecidedClick, DeliverClick, Ledger, Recorded } from '../ledger/index.ts';
import type { ClickOutcome } from './click-outcome.ts';

export type DispatchDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'storeOutcome' | 'acceptSubmission' | 'recordRefusal' | 'watch'>;
  /** Judges who answers, requests a later end, ends everything of a scope, lifts a lock or decides about a finding, and decides that in the ledger. */
  recordAnswer: (click: DecidedClick) => Promise<Pick<Recorded, 'outcome'>>;
  /** Judges who wants to see a credential, and decides in the ledger whether it may be shown. */
  recordDelivery: (click: DeliverClick) => Promise<Pick<Recorded, 'outcome'>>;
}>;

/**
 * Does what one click requests. A submission is judged by its workflow. An answer counts once it is in the ledger, also
 * while Temporal is unavailable. An error means that the outcome is unknown: dispatch the same click again.
 */
export async function dispatchClick(deps: DispatchDeps, click: Click): Promise<ClickOutcome> {
  if (click.kind === 'request') {
    const { refusal } = click.body;
    if (refusal) return refuse(deps, click, refusal);
    await deps.ledger.acceptSubmission(click);
    return { kind: 'started' };
  }
  const { outcome } = await (click.kind === 'deliver'
    ? deps.recordDelivery(click)
    : deps.recordAnswer(click));
  return outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error };
}

/** Records the refusal of a request that was refused in its form. Its person read that already. */
async function refuse(
  { ledger }: DispatchDeps,
  { request, via, person, kind }: Click,
  refusal: RequestRefusal,
): Promise<ClickOutcome> {
  await ledger.recordRefusal({ request, name: 'open', via }, { by: person, tried: kind, refusal });
  return { kind: 'refused', refusal };
}
