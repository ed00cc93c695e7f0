import type { RequestRefusal } from '../core/request/refusals.ts';
import type { DecidedKind } from '../core/click-kinds.ts';
import type { Click, Ledger, RecordResult } from '../ledger/index.ts';
import type { ClickOutcome } from './click-outcome.ts';

export type DispatchDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'storeOutcome' | 'acceptSubmission' | 'recordRefusal' | 'watch'>;
  /** Judges the person of a click, and decides in the ledger about it. */
  decide: (click: Click<DecidedKind>) => Promise<Pick<RecordResult, 'outcome'>>;
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
  const { outcome } = await deps.decide(click);
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
