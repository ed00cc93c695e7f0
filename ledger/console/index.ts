import type { Bound } from '../bind.ts';
import { ownClick } from './own-clicks.ts';
import { recordReading, wasJustRead } from './readings.ts';
import { requestFacts } from './request-facts.ts';
import { openSession, personOfSession, useSession, setSessionZone, endSession } from './sessions.ts';
import { beginSignIn, takeSignIn } from './sign-ins.ts';
import { closeVisit } from './visits.ts';
import { watchedTargetsAt } from './watched-targets.ts';

export type { OwnClick } from './own-clicks.ts';
export type { Reading } from './readings.ts';
export type { RequestFacts } from './request-facts.ts';
export type { WatchedTarget } from './watched-targets.ts';
export { SESSION, type Session } from './sessions.ts';
export { SIGN_IN_MINUTES, type SignIn } from './sign-ins.ts';

/** The part of the ledger about the console. An `idHash` is the SHA-256 of an id that only a browser has. */
export const CONSOLE = {
  query: {
    beginSignIn,
    takeSignIn,
    openSession,
    personOfSession,
    useSession,
    setSessionZone,
    endSession,
    recordReading,
    wasJustRead,
    closeVisit,
    watchedTargetsAt,
    ownClick,
    requestFacts,
  },
};

export interface ConsoleLedger extends Bound<typeof CONSOLE> {}
