import type { Bound } from '../bind.ts';
import { massEndingsToCutOff, leasesToCutOff, writeCutOff, readCutOffs, cutOffsInForce } from './cut-offs.ts';
import { writeLift } from './lifts.ts';
import { massEndingProgress } from './mass-ending-progress.ts';
import { unfinishedMassEndings, requestsToEnd, readScope } from './mass-ending-scope.ts';
import {
  shareMassEnding,
  writeMassEnding,
  readMassEnding,
  recentMassEndings,
  readLocks,
  locksEndingIn,
  lockOn,
} from './mass-endings.ts';
import { massEnd } from '../request/record.ts';

/** The part of the ledger about mass endings and their locks. */
export const MASS_ENDINGS = {
  query: {
    readMassEnding,
    unfinishedMassEndings,
    requestsToEnd,
    massEndingProgress,
    massEndingsToCutOff,
    leasesToCutOff,
    writeCutOff,
    readCutOffs,
    cutOffsInForce,
    readScope,
    recentMassEndings,
    readLocks,
    locksEndingIn,
    lockOn,
  },
  tx: { shareMassEnding, writeMassEnding, massEnd },
  judged: { writeLift },
};

export interface MassEndingLedger extends Bound<typeof MASS_ENDINGS> {}
