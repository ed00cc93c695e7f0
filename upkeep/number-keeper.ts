import type { Deps } from '../requests/deps.ts';
import { repeatSteps, type StepLog } from './repeat-steps.ts';

/** Counts each day and month that is over, and those that changed, so that numbers of a long time are answered at once. Until stopped. */
export const runNumberKeeper = (
  { ledger }: Pick<Deps, 'ledger'>,
  { log }: Readonly<{ log: StepLog }>,
): { stop(): Promise<void> } =>
  repeatSteps(() => ledger.keepNumbers(), {
    log,
    problem: 'the numbers were not counted; trying again in a minute',
  });
