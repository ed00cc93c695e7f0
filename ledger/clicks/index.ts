import type { Bound } from '../bind.ts';
import { takeUncheckedClicks, storeAccountCheck, readAccountCheck } from './account-checks.ts';
import { storeOutcome, clickOutcome, acceptSubmission } from './click-outcomes.ts';
import { readClick, readClickBehind, takeClicks, unjudgedRequests, writeClick } from './clicks.ts';
import { takeWakeUps, removeWakeUp } from './wake-ups.ts';

/** The part of the ledger about what people click and type, until it is decided and its workflow is woken. */
export const CLICKS = {
  query: {
    writeClick,
    readClick,
    readClickBehind,
    takeClicks,
    storeOutcome,
    clickOutcome,
    takeUncheckedClicks,
    storeAccountCheck,
    readAccountCheck,
    unjudgedRequests,
    takeWakeUps,
    removeWakeUp,
  },
  tx: { acceptSubmission },
};

export interface ClickLedger extends Bound<typeof CLICKS> {}
