import type { Deps } from '../requests/deps.ts';
import { repeatSteps, type StepLog } from './repeat-steps.ts';

/** Closes each visit that is over, so that the readings of a person in 15 minutes are one entry of the log. Until stopped. */
export const runVisitKeeper = (
  { ledger }: Pick<Deps, 'ledger'>,
  { log }: Readonly<{ log: StepLog }>,
): { stop(): Promise<void> } =>
  repeatSteps(() => ledger.closeVisit(), {
    log,
    problem: 'the readings of the console did not come into the log; trying again in a minute',
  });
