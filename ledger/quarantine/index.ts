import type { Bound } from '../bind.ts';
import {
  lostLeasesOn,
  lostLeasesOf,
  lostLeasesLeft,
  takeLostLeases,
  readPlanLine,
  endLostLease,
} from './lost-leases.ts';
import {
  writeQuarantineAnswer,
  openQuarantineAnswers,
  quarantineAnswerOutcome,
  refuseQuarantineAnswer,
  endQuarantine,
} from './quarantine-answers.ts';
import { readQuarantine, isQuarantined, quarantine, laterEndsOf } from './quarantine.ts';
import { endLostRequest } from '../request/record.ts';

/** The part of the ledger about quarantines and the leases that a ledger lost. */
export const QUARANTINE = {
  query: {
    isQuarantined,
    laterEndsOf,
    lostLeasesOn,
    lostLeasesOf,
    lostLeasesLeft,
    takeLostLeases,
    readPlanLine,
    endLostLease,
    writeQuarantineAnswer,
    openQuarantineAnswers,
    quarantineAnswerOutcome,
    refuseQuarantineAnswer,
  },
  tx: { readQuarantine, quarantine, endLostRequest, endQuarantine },
};

export interface QuarantineLedger extends Bound<typeof QUARANTINE> {}
