import type { AnswerClick, Click, Ledger, Recorded } from '../ledger/index.ts';
import type { ClickOutcome } from './click-outcome.ts';

export type DispatchDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'storeOutcome' | 'acceptSubmission' | 'watch'>;
  /** Judges who answers, and decides the answer in the ledger. */
  recordAnswer: (click: AnswerClick) => Promise<Pick<Recorded, 'outcome'>>;
}>;

/**
 * Does what one click requests. A submission is judged by its workflow. An answer counts once it is in the ledger, also
 * while Temporal is away. An error means that the outcome is unknown: dispatch the same click again.
 */
export async function dispatchClick(deps: DispatchDeps, click: Click): Promise<ClickOutcome> {
  if (click.kind === 'request') {
    await deps.ledger.acceptSubmission(click);
    return { kind: 'started' };
  }
  if (click.kind === 'deliver') throw new Error('a password is shown by the listener of its button');
  const { outcome } = await deps.recordAnswer(click);
  return outcome.ok ? { kind: 'answered' } : { kind: 'refused', refusal: outcome.error };
}
